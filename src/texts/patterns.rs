//! What bad requests have in common, in sentences.
super::catalogue! {
    /// What bad requests have in common, in sentences.
    Patterns {
        every_hour: "every hour" => "1時間ごと";
        every_hours: "every {count} hours" => "{count}時間ごと";
        every_minute: "every minute" => "1分ごと";
        every_minutes: "every {count} minutes" => "{count}分ごと";
        bad_against: "{rule}: {with} bad against {without}"
            => "{rule}：不良 {with}、それ以外 {without}";
        with_as_well: "; with {more} as well: {share}" => "。さらに {more} の場合は{share}";
        only_says_when: "it only says when: others of the same time are as often bad"
            => "時期を示すだけ：同じ時間帯の他のリクエストも同じ割合で不良";
        extra_time_goes_to: "{share} of their extra time goes to {name}"
            => "余分な時間の{share}は {name}";
        in_operation: ", in “{operation}”" => "、「{operation}」";
        instead_of: " ({now} instead of {before})" => "（{before}から{now}へ）";
        of_them_have: "{recall} of them have {rule} ({share} of its requests are bad)"
            => "うち{recall}が {rule}（該当リクエストの{share}が不良）";
        they_come_every: "they come {every}, around {first} first: {share} of them lie in the quarter of the time around the beat ({beats} beats)"
            => "{every}に発生、最初は{first}頃：{share}が周期の前後4分の1の時間に集中（{beats}周期）";
        no_single_incident: "No single incident, but an intermittent failure: {bad} of the {all} requests of {service} {operation} are bad, spread over time. {what} (see patterns)."
            => "単発の障害ではなく断続的な失敗：{service} {operation} の{all}リクエスト中{bad}件が不良で、時間的に分散しています。{what}（パターンを参照）。";
        bad_ones_share: "A property tells the bad requests of {service} {operation} apart, over all of the data: {what} (see patterns)."
            => "データ全体で {service} {operation} の不良リクエストを見分ける特徴：{what}（パターンを参照）。";
        version_of: "version of {service}" => "{service} のバージョン";
        instance_of: "instance of {service}" => "{service} のインスタンス";
        calls_of: "calls “{operation}” of {service}" => "{service} の「{operation}」呼び出し数";
        requests_under_way: "requests under way at its start" => "開始時の同時リクエスト数";
        hour_of_the_day: "hour of the day (UTC)" => "時間帯（UTC）";
        is_missing: "is missing" => "がない";
        not_executed: "not executed (took {length})" => "実行されず（通常 {length}）";
        only_here: "only here: {count} times, {length}" => "こちらのみ：{count}回、{length}";
        times_instead_of: "{now} instead of {before} times" => "{before}回から{now}回に";
        failed_after: "failed, after {now} itself instead of {before}"
            => "失敗、自身の時間 {before}から{now}に";
        did_not_fail: "did not fail" => "失敗せず";
        itself_instead_of: "{now} itself instead of {before}" => "自身の時間 {before}から{now}に";
        it_holds_for: "it holds for {share} of the bad requests of {entry}"
            => "{entry} の不良リクエストの{share}に該当";
        at_most_bad_requests: "At most {n} bad requests share an entry operation: too few to compare (5 needed)."
            => "同じ入口操作の不良リクエストは最大{n}件：比較には足りません（5件必要）。";
        only_good_requests: "Only {n} good requests are there to compare with (20 needed)."
            => "比較対象の正常なリクエストが{n}件しかありません（20件必要）。";
        good_requests_were_read: "{read} of {all} good requests were read, evenly chosen."
            => "正常なリクエスト{all}件から均等に選んだ{read}件を読みました。";
        entries_were_left_aside: "{n} other entry operations with bad requests were left aside."
            => "不良リクエストのある他の入口操作{n}件は対象外としました。";
        nothing_to_compare: "No request failed, ran out of time or was much slower than others of its kind: there is nothing to compare."
            => "失敗、タイムアウト、または同種より大幅に遅いリクエストがなく、比べるものがありません。";
        no_request_is_good: "No request is good: there is nothing to compare the bad ones with."
            => "正常なリクエストがなく、不良リクエストと比べるものがありません。";
    }
}
