//! What more traffic would do, in sentences.
super::catalogue! {
    /// What more traffic would do, in sentences.
    Capacity {
        connection_pool: "connection pool" => "接続プール";
        capacity_by_fit: "capacity (fit of response times over load)"
            => "処理能力（負荷と応答時間の回帰）";
        would_go_from: "model: {resource} would go from {now} to {then}, target {target}"
            => "モデル：{resource}が{now}から{then}に（目標 {target}）";
        instances_would_keep: "model: {replicas} instances instead of {instances} would keep to the target"
            => "モデル：{instances}インスタンスを{replicas}にすれば目標内に収まります";
        rates_are_measured: "Rates are measured; everything of the scenario is a model: visits per request stay as they are, utilisation grows with visits, and only a node's own time grows with its utilisation"
            => "レートは実測、シナリオの値はすべてモデルです：リクエストあたりの訪問数は一定、使用率は訪問数に応じて増え、使用率とともに増えるのはノード自身の時間だけとします";
        no_metrics_were_sent_of: "No OTLP metrics of CPU or connection pools were sent: utilisation is known only where response times grow with load"
            => "CPUや接続プールのOTLPメトリクスがないため、使用率は応答時間が負荷とともに増える箇所でしかわかりません";
        no_load_dependence: "{without} nodes: no load dependence seen in data"
            => "{without}ノード：データに負荷への依存は見られません";
        insufficient_for_a_fit: "{few} nodes: insufficient for a fit, which needs 30 minutes with 5 visits each, the busiest with 1.5 times the visits of the calmest"
            => "{few}ノード：回帰にはデータが不足（各5訪問以上の30分間と、最も空いた分の1.5倍以上の訪問がある分が必要）";
        traces_have_no_root: "{count} traces have no root: their visits are taken to stay as they are"
            => "ルートのないトレースが{count}件：その訪問数は変わらないものとします";
        no_requests_in_the_window: "There are no requests in the window: no rates are known"
            => "この期間にリクエストがなく、レートは不明です";
        all_requests_lie_within: "All requests lie within {length}: rates are what they would be if it went on like that for a minute"
            => "全リクエストが{length}以内にあります：レートはその状態が1分続いた場合の値です";
    }
}
