//! What width, colour and label of edges mean.
super::catalogue! {
    /// What width, colour and label of edges mean.
    Edges {
        timeout: "timeout" => "タイムアウト";
        timeouts: "timeouts" => "タイムアウト";
        database: "database" => "データベース";
        messaging: "messaging" => "メッセージング";
        from_outside: "from outside" => "外部から";
        not_told: "not told" => "不明";
        calls_min: "calls/min" => "回/分";
        calls: "calls" => "呼び出し数";
        failed_calls_min: "failed calls/min" => "失敗/分";
        n_20_percent_and_more: "20% and more" => "20%以上";
        and_more: "{length} and more" => "{length}以上";
        fail: "fail" => "失敗";
        from_caller_to_callee_wider: "From caller to callee; wider: more calls a minute"
            => "呼び出し元から先へ。太いほど毎分の呼び出しが多い";
        from_caller_to_callee_wider_more: "From caller to callee; wider: more calls in all"
            => "呼び出し元から先へ。太いほど総呼び出しが多い";
        from_caller_to_callee_wider_more_calls: "From caller to callee; wider: more calls that fail"
            => "呼び出し元から先へ。太いほど失敗が多い";
        from_caller_to_callee_wider_a: "From caller to callee; wider: a longer p95"
            => "呼び出し元から先へ。太いほどp95が長い";
        from_caller_to_callee: "From caller to callee" => "呼び出し元から先へ";
        calls_per_minute_p95_and: "Calls per minute, p95, and the share that fails"
            => "毎分の呼び出し数、p95、失敗の割合";
        calls_per_minute: "Calls per minute" => "毎分の呼び出し数";
        latency_p50_p95_and_p99: "Latency: p50, p95 and p99" => "レイテンシ：p50、p95、p99";
        the_share_of_calls_that: "The share of calls that fail" => "呼び出しの失敗の割合";
        calls_that_ran_out_of: "Calls that ran out of time, where any did"
            => "タイムアウトした呼び出し（あれば）";
        on_them: "on them: {what}" => "線上：{what}";
        button_words: "  Edges" => "  エッジ";
        what_width_colour_and_label: "What width, colour and label of edges mean"
            => "エッジの太さ、色、ラベルの意味";
        width: "Width" => "太さ";
        colour: "Colour" => "色";
        label: "Label" => "ラベル";
        as_it_came: "Reset to rate, health and figures" => "初期設定に戻す";
        edge_width: "Edge width: {what}" => "エッジの太さ：{what}";
        edge_colour: "Edge colour: {what}" => "エッジの色：{what}";
        edge_label: "Edge label: {what}" => "エッジのラベル：{what}";
        by_calls_a_minute: "calls a minute" => "毎分の呼び出し数";
        by_calls_in_the_window: "calls in the window" => "期間内の呼び出し数";
        by_failed_calls_a_minute: "failed calls a minute" => "毎分の失敗数";
        by_95th_percentile: "95th percentile" => "95パーセンタイル";
        by_nothing_all_alike: "nothing: all alike" => "なし：すべて同じ";
        by_health: "health" => "状態";
        by_share_that_fails: "share that fails" => "失敗の割合";
        by_protocol: "protocol" => "プロトコル";
        by_rate_95th_percentile_errors: "rate, 95th percentile, errors" => "レート、95パーセンタイル、エラー";
        by_p50_p95_p99: "p50, p95, p99" => "p50、p95、p99";
        by_timeouts: "timeouts" => "タイムアウト";
        by_nothing: "nothing" => "なし";
        legend_of_a_picture: "Edges: width {width}; colour {colour}; label {label}"
            => "エッジ：太さ {width}、色 {colour}、ラベル {label}";
    }
}
