//! What an outage means, in sentences.
super::catalogue! {
    /// What an outage means, in sentences.
    Impact {
        as_measured: "as measured during the incident" => "障害での実測";
        if_every_call_failed: "if every call to it failed" => "すべての呼び出しが失敗した場合";
        if_it_never_answered: "if it never answered" => "まったく応答しない場合";
        if_it_took_longer: "if it took {factor} times as long" => "所要時間が{factor}倍になった場合";
        if_some_calls_failed: "if {share} of the calls to it failed"
            => "呼び出しの{share}が失敗した場合";
        direct_and_indirect_dependents: "{direct} direct and {indirect} indirect dependents"
            => "直接の依存元{direct}件、間接の依存元{indirect}件";
        nothing_fails: "nothing fails, as far as is known" => "わかる範囲では失敗しません";
        of_requests_pass_through: "{share} of {service} {operation} requests pass through it"
            => "{service} {operation} のリクエストの{share}がここを通過";
        measured_note: "Measured: failures during the incident beside those of the calm time."
            => "実測：障害中の失敗を平常時と比べています。";
        predicted_slow_note: "Predicted from the recorded requests: each call to it takes so much longer, and fails where its caller, or one further away, was seen to give up before."
            => "記録されたリクエストからの予測：呼び出しはそれぞれその分だけ長くかかり、呼び出し元またはその手前が過去に打ち切った時間を超えると失敗します。";
        predicted_hang_note: "Predicted from the recorded requests: no call to it ends, until somebody gives up."
            => "記録されたリクエストからの予測：どこかが打ち切るまで、呼び出しは終わりません。";
        predicted_note: "Predicted from the recorded requests and the odds that failures spread."
            => "記録されたリクエストと、失敗が波及する確率からの予測です。";
        fewer_than_five_failed_calls_of: "Fewer than five failed calls of {names} were seen: it is assumed that they fail with it."
            => "{names} からの失敗した呼び出しが5件未満のため、ともに失敗すると仮定しています。";
        users_and_money: "Users and money: not configured (name attributes with --user-key and --amount-key)."
            => "ユーザーと金額：未設定（--user-key と --amount-key で属性を指定します）。";
        one_instance_of: "{share} of it comes from one instance of {name}, {instance}: take that one out of rotation, the others go on"
            => "{share}は {name} の1つのインスタンス {instance} によるもの：これを切り離せば、他は動き続けます";
        before: "{length} before" => "{length}前";
        as_it_began: "as it began" => "発生と同時";
        roll_it_back: "version {version} of {name} went live {when}: roll it back to see whether it did this"
            => "{name} のバージョン {version} の稼働開始は{when}：ロールバックして原因かどうか確かめてください";
        already_falls_back: "{who} already falls back to {name} (seen {count} times, {share} went well): route there"
            => "{who} はすでに {name} にフォールバックしています（{count}回観測、成功 {share}）：そちらに振り向けてください";
        has_never_survived: "{who} has never survived a failed call to it: give it a fallback or a queue"
            => "{who} は呼び出しが失敗すると必ず失敗しています：フォールバックかキューを設けてください";
        fails_with: "{who} fails with {percent} of its failed calls to it: give it a fallback or a queue"
            => "{who} は失敗した呼び出しの{percent}で自身も失敗しています：フォールバックかキューを設けてください";
        survives_most: "{who} survives most failed calls to it: let it go on without, and say so to users"
            => "{who} は呼び出しの失敗の大半に耐えています：これなしで継続し、ユーザーに知らせてください";
        tries_again: "{who} tries again after {share} of its failed calls to it: stop that while it is out (open the circuit)"
            => "{who} は失敗した呼び出しの{share}で再試行しています：停止中は再試行を止めてください（サーキットを開く）";
        tell_users: "tell users of {name} early: {share} of its requests fail"
            => "{name} のユーザーに早めに知らせてください：リクエストの{share}が失敗します";
        lower_the_limit: "{who} waits {limit} for it, and 99 % of its calls that succeed take no longer than {usual}: lower the limit to about {advised}"
            => "{who} の待ち時間の上限は{limit}ですが、成功した呼び出しの99 %は{usual}以内に終わります：上限を{advised}ほどに下げてください";
        wait_without_an_end: "{share} of {who} {what} requests wait without an end that is known ({usual} in the median otherwise)"
            => "{who} {what} のリクエストの{share}は終わりの見えない待ちになります（通常の中央値 {usual}）";
        no_known_end: "no end that is known" => "終わり不明";
        requests_take: "{who} {what} requests take {p50} instead of {p50_before} in the median, and {p95} instead of {p95_before} at the 95th percentile"
            => "{who} {what} のリクエストの所要時間は中央値が{p50_before}から{p50}に、95パーセンタイルが{p95_before}から{p95}になります";
        of_them_wait: "; {share} of them wait without an end that is known"
            => "。うち{share}は終わりの見えない待ちになります";
        waits_for_it: "{name} waits {length} for it: {count} failed calls ended then."
            => "{name} の待ち時間の上限は{length}：失敗した呼び出し{count}件がこの時点で終わっています。";
        counted_as_failed: "such requests are counted as failed, but when they fail is not known"
            => "そのようなリクエストは失敗としますが、いつ失敗するかは不明です";
        said_to_take_longer: "such calls are said to take longer, and never to fail"
            => "そのような呼び出しは遅くなるだけで、失敗しないものとします";
        how_long_it_waits: "How long {names} waits for it is not known, since no calls were seen that failed at one length: {then}."
            => "{names} がどれだけ待つかは不明です（同じ長さで失敗した呼び出しが観測されていないため）：{then}。";
        how_long_they_wait: "How long {names} wait for it is not known, since no calls were seen that failed at one length: {then}."
            => "{names} がどれだけ待つかは不明です（同じ長さで失敗した呼び出しが観測されていないため）：{then}。";
    }
}
