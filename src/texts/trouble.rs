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
        alert: "{name}: {rule}, worst {peak} (limit {limit}), since {onset}, for {length}, {state}"
            => "{name}：{rule}、最悪時 {peak}（しきい値 {limit}）、{onset}から{length}、{state}";
    }
}
