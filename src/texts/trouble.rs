//! What is not well, and what alerts say.
super::catalogue! {
    /// What is not well, and what alerts say.
    Trouble {
        of_its_calls_fail: "{share} of its calls fail" => "呼び出しの{share}が失敗";
        calls_ran_out_of_time: "{n} calls ran out of time ({share})"
            => "呼び出し{n}件がタイムアウト（{share}）";
        p95_in_calm_times: "95th percentile {now}, in calm times {calm}"
            => "95パーセンタイル {now}、平常時 {calm}";
        apdex: "Apdex {score} (T = 0.5 s)" => "Apdex {score}（T = 0.5 s）";
        fewer_than_20_calls: "{count} nodes and edges have fewer than 20 calls and are not judged"
            => "呼び出しが20件未満のノードとエッジ{count}個は判定していません";
        trends_need_an_hour: "Trends need at least an hour of data"
            => "トレンドの算出には1時間以上のデータが必要です";
        no_metrics_were_sent: "No OTLP metrics were sent: CPU, memory and connection pools are not known"
            => "OTLPメトリクスがないため、CPU、メモリ、接続プールの状態は不明です";
        limit: "{value}, limit {limit}" => "{value}、しきい値 {limit}";
        burn_rate: "burn rate {value}" => "バーンレート {value}";
        times_the_calm_p95: "{value} times the calm 95th percentile"
            => "平常時の95パーセンタイルの{value}倍";
        a_minute: "{value} a minute" => "毎分{value}";
        waiting: "{value} waiting" => "待機 {value}";
        rule_errors: "errors" => "エラー";
        rule_slow: "slow" => "低速";
        rule_very_slow: "very slow" => "非常に低速";
        rule_unsatisfied: "unsatisfied" => "不満足";
        rule_timeouts_of_calls: "timeouts of calls" => "呼び出しのタイムアウト";
        rule_errors_of_calls: "errors of calls" => "呼び出しのエラー";
        rule_throttled: "throttled" => "スロットリング";
        rule_cpu: "cpu" => "CPU";
        rule_memory: "memory" => "メモリ";
        rule_connection_pool: "connection pool" => "接続プール";
        rule_waiting_for_a_connection: "waiting for a connection" => "接続待ち";
        rule_requests_succeed: "99.5 % of requests succeed" => "リクエストの99.5%が成功";
        still_active: "still active" => "発生中";
        over_at: "over at {time}" => "{time}に収束";
        of_calls: "{value} of {calls} calls" => "呼び出し{calls}件の{value}";
        over_calls: "{value} over {calls} calls" => "呼び出し{calls}件で{value}";
        longer: "{share} of {calls} calls longer than that"
            => "呼び出し{calls}件のうち{share}がこれより長い";
        all_the_time: "{usual}, as much all the time, limit {limit}"
            => "{usual}、期間中ずっと同程度、しきい値 {limit}";
        standing: "{name}: {rule}, {figures}; no news, so no alarm" => "{name}：{rule}、{figures}（新しい異常ではない）";
        standing_alarm: "{name}: {rule}, {figures}; users feel it" => "{name}：{rule}、{figures}（利用者に影響）";
        doubt: "{name}: {rule}, {peak} at {time} (limit {limit}); it could be chance: {needed}"
            => "{name}：{rule}、{time}に{peak}（しきい値 {limit}）。偶然の可能性：{needed}";
        needed: "at least {n} of {calls} are needed to tell" => "判断には{calls}件中{n}件以上が必要";
        not_enough: "even all of {calls} calls would be too few to tell" => "{calls}件すべてでも判断できない";
        no_rules: "There are no rules that could be broken" => "ルールがありません";
        none_broken: "No rule was broken" => "ルール違反はありません";
        none_broken_where_judged: "No rule was broken where one could be judged"
            => "判定できた範囲ではルール違反はありません";
        none_judged: "No rule could be judged" => "判定できたルールはありません";
        no_calls_to_judge: "No rule could be judged: there are no calls in this time and filter"
            => "この期間とフィルターには呼び出しがなく、ルールを判定できません";
        unjudged: "{rules}: {why}" => "{rules}：{why}";
        unjudged_of: "{rules}, for {left} of {meant}: {why}" => "{rules}（{meant}件中{left}件）：{why}";
        meant_for_nobody: "nothing in this picture that the rule is for" => "対象がこの図にありません";
        no_measurements: "no OTLP metrics tell how busy it is" => "OTLPメトリクスがありません";
        too_few_calls: "fewer than {calls} calls in any {window}" => "{window}あたりの呼び出しが{calls}件未満";
        no_calm: "no five calm minutes with at least 30 calls to compare with"
            => "比較できる平常時（5分間に30件以上）がありません";
        too_little_time: "burn rates need at least {length} of data" => "バーンレートには{length}以上のデータが必要です";
        no_moment: "rules are judged every {every}, and this time is over before" => "ルールは{every}ごとに判定しますが、この期間はそれより短いためです";
        judged_over_all_time: "judged over all of the time" => "全期間で判定";
        heading_standing: "All the time, no news" => "期間中ずっと続くもの";
        heading_doubts: "Beyond a limit, perhaps by chance" => "しきい値超過（偶然の可能性）";
        heading_unjudged: "Rules that could not be judged" => "判定できなかったルール";
        alert: "{name}: {rule}, worst {peak} (limit {limit}), since {onset}, for {length}, {state}"
            => "{name}：{rule}、最悪時 {peak}（しきい値 {limit}）、{onset}から{length}、{state}";
    }
}
