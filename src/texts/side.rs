//! The panel of what is selected, the overview, lists of services and traces, notes.
super::catalogue! {
    /// The panel of what is selected, the overview, lists of services and traces, notes.
    Side {
        of_calls_fail_most_as: "{share} of calls fail, most as {how}"
            => "呼び出しの{share}が失敗（主に{how}）";
        calls_timed_out: "{count} calls timed out" => "{count}件がタイムアウト";
        p95_normally: "p95 {now}, normally {usual}" => "p95 {now}（通常 {usual}）";
        is_slow_p95_apdex: "is slow: p95 {p95}, Apdex {apdex}" => "低速：p95 {p95}、Apdex {apdex}";
        is_slow_because: "is slow: " => "低速：";
        traces: "Traces" => "トレース";
        calls: "Calls" => "呼び出し";
        impact: "Impact" => "影響";
        slow: "Slow" => "低速";
        failed: "Failed" => "失敗";
        recent: "Recent" => "最新";
        calls_2: "{calls} calls · {rate}" => "{calls}件 · {rate}";
        from: "From" => "元";
        to: "To" => "先";
        caller_and_callee: "Caller and callee" => "呼び出し元と呼び出し先";
        inferred_timeout: "timeout ≈ {limit} (inferred)" => "タイムアウト ≈ {limit}（推定）";
        failed_calls_lasted_as_long: "{limit}: {count} failed calls lasted as long"
            => "{limit}：失敗した呼び出し{count}件が同じ長さ";
        over_time: "Over time" => "推移";
        how_calls_fail: "How calls fail" => "失敗の内訳";
        of: "{part} of {all}" => "{all}件中{part}件";
        time_in_queue: "Time in queue" => "キュー滞留時間";
        not_known_no_message_names: "Not known: no message names the span that sent it, as its parent or by a link."
            => "不明：送信元スパンを親またはリンクで示すメッセージがありません。";
        from_the_end_of_sending: "From the end of sending a message to the start of handling it"
            => "メッセージの送信終了から処理開始まで";
        longest: "longest" => "最長";
        messages_whose_sender_is_known: "{count} messages whose sender is known"
            => "送信元がわかるメッセージ{count}件";
        of_calls: "{part} of {all} calls" => "呼び出し{all}件中{part}件";
        one_side_sends_no_spans: "Only one side of these calls sent spans: caller, callee and the gap between them cannot be told apart."
            => "片側だけがスパンを送っているため、呼び出し元、呼び出し先、その間の時間は区別できません。";
        where_the_time_goes: "Where the time goes" => "時間の内訳";
        caller_waits: "Caller waits" => "呼び出し元の待ち";
        as_the_callers_spans_tell: "As the caller's spans tell it" => "呼び出し元のスパンによる";
        callee_works: "Callee works" => "呼び出し先の処理";
        as_the_callees_spans_tell: "As the callee's spans tell it" => "呼び出し先のスパンによる";
        gap_between: "Gap between" => "差分";
        network_queueing_connection_pools_callers: "Network, queueing, connection pools: caller's time without callee's"
            => "ネットワーク、待ち行列、接続プール：呼び出し元の時間から呼び出し先の時間を除いたもの";
        in_calls_the_callee_worked: "In {count} calls the callee worked longer than its caller waited."
            => "{count}件で呼び出し先の処理が呼び出し元の待ちより長くなりました。";
        no_call_has_a_duration: "No call has a duration" => "所要時間のある呼び出しがありません";
        of_them_failed: ", {count} of them failed" => "、うち{count}件が失敗";
        latency_of_calls_to_most: "Latency of {count} calls, {least} to {most}, most often {from} to {to}{failures}"
            => "呼び出し{count}件のレイテンシ、{least}〜{most}、最多は{from}〜{to}{failures}";
        how_long_calls_take: "How long calls take" => "呼び出しの所要時間";
        logarithmic: "logarithmic" => "対数目盛";
        typical_call: "Typical call" => "典型的な呼び出し";
        slowest: "Slowest" => "最も遅い";
        slowest_failed: "Slowest failed" => "最も遅い失敗";
        opens_its_trace: "Opens its trace" => "トレースを開く";
        operations: "Operations" => "操作";
        more: "{count} more" => "他{count}件";
        and_that_are_called_less: "and {count} that are called less" => "呼び出しの少ない他{count}件";
        no_name: "(no name)" => "（名前なし）";
        of_the_calls_repeat_one: "{count} of the calls ({share}) repeat one that failed: retries."
            => "呼び出し{count}件（{share}）は失敗のやり直し：リトライです。";
        version: "version {version}" => "バージョン {version}";
        versions: "versions {versions}" => "バージョン {versions}";
        n_1_instance: "1 instance" => "1インスタンス";
        instances: "{count} instances" => "{count}インスタンス";
        seen_by_its_callers_only: "seen by its callers only" => "呼び出し元からのみ観測";
        called_by: "Called by" => "呼び出し元";
        nobody_calls_it_in_this: "Nobody calls it in this window." => "この期間に呼び出し元はありません。";
        it_calls_nobody_in_this: "It calls nobody in this window." => "この期間に呼び出し先はありません。";
        calls_a_minute_p95_errors: "Calls a minute, p95, errors: click for these calls"
            => "毎分の呼び出し数、p95、エラー率：クリックでこれらの呼び出しを表示";
        note: "note: {note}" => "メモ：{note}";
        note_on_this_node: "Note on this node" => "このノードのメモ";
        add_a_note: "Add a note" => "メモを追加";
        undo: "Undo" => "元に戻す";
        change_or_delete_it: "Change or delete it" => "変更または削除";
        notes: "Notes" => "メモ";
        add_a_note_on_a: "Add a note on a moment" => "時点にメモを追加";
        note_at: "Note at {time}: {note}" => "{time}のメモ：{note}";
        note_2: "Note" => "メモ";
        what_the_note_says: "What the note says" => "メモの内容";
        keep_the_note: "Keep the note" => "メモを保存";
        delete: "Delete" => "削除";
        cancel: "Cancel" => "キャンセル";
        on: "On {name}" => "対象：{name}";
        at: "At" => "時点";
        moment: "Moment" => "時点";
        overview: "Overview" => "概要";
        traces_2: "{services} {service_word} · {edges} {edge_word} · {traces} traces"
            => "{service_word}{services} · {edge_word}{edges} · トレース{traces}";
        service: "service" => "サービス";
        services: "services" => "サービス";
        connection: "connection" => "接続";
        connections: "connections" => "接続";
        chosen: "chosen" => "件を選択中";
        in_all: "in all" => "件";
        needs_attention: "Needs attention" => "要対応";
        there_is_nothing_to_judge: "There is nothing to judge." => "判定するものがありません。";
        hidden_on_the_map: "hidden on the map" => "マップで非表示";
        filter_leaves_none: "The filter leaves none of {all} traces: there is nothing to judge."
            => "フィルターに一致するトレースは{all}件中0件です。判断できるものはありません。";
        nothing_stands_out_in_this: "Nothing stands out in this window."
            => "この期間に目立つ問題はありません。";
        show_fewer: "Show fewer" => "表示を減らす";
        show_more: "Show {count} more" => "さらに{count}件表示";
        the_trail_ends_here: ". The trail ends here." => "。ここが起点です。";
        nothing_that_it_calls_is: "Nothing that it calls is unhealthy in this window"
            => "この期間、呼び出し先はすべて正常です";
        spans_whose_parent_was_not: "spans whose parent was not received" => "スパンの親が未受信";
        spans_in_a_cycle_of: "spans in a cycle of parents" => "スパンの親が循環";
        spans_that_end_before_they: "spans that end before they start" => "スパンの終了が開始より前";
        spans_without_a_start_time: "spans without a start time" => "スパンに開始時刻がない";
        spans_of_senders_without_a: "spans of senders without a service name"
            => "スパンの送信元にサービス名がない";
        gaps_in_the_data: "Gaps in the data" => "データの欠落";
        nothing_to_list: "Nothing to list." => "表示するものがありません。";
        no_service_is_called: "No service is called “{name}”." => "「{name}」というサービスはありません。";
        show_all: "Show all" => "すべて表示";
        services_2: "Services" => "サービス";
        and_1_other: "{services} and 1 other" => "{services}、他1";
        and_others: "{services} and {others} others" => "{services}、他{others}";
        figures_of_side: "{count} · figures: {side}" => "{count} · 数値：{side}";
        find_by_name: "{icon}  Find by name" => "{icon}  名前で検索";
        find_a_service_by_name: "Find a service by name" => "サービスを名前で検索";
        sort_by_health: "Sort by health" => "状態で並べ替え";
        name: "Name" => "名前";
        sort_by_name: "Sort by name" => "名前で並べ替え";
        rate: "Rate" => "レート";
        sort_by_rate: "Sort by rate" => "レートで並べ替え";
        errors: "Errors" => "エラー";
        sort_by_errors: "Sort by errors" => "エラーで並べ替え";
        sort_by_p95: "Sort by p95" => "p95で並べ替え";
        p95_errors: "{name}, {kind}, {health}, {rate}, p95 {p95}, {errors} errors"
            => "{name}、{kind}、{health}、{rate}、p95 {p95}、エラー {errors}";
        has_no_calls_in_this: "{name} has no calls in this window."
            => "{name} の呼び出しはこの期間にありません。";
        to_has_no_calls_in: "{from} → {to} has no calls in this window."
            => "{from} → {to} の呼び出しはこの期間にありません。";
        clear_selection: "Clear selection" => "選択を解除";
        health: "Health: {health}" => "状態：{health}";
        of_failed: "{failed} of {all} failed" => "{all}のうち{failed}件が失敗";
        requests: "requests" => "リクエスト";
        errors_2: "errors" => "エラー率";
        apdex_with_t_0_5: "Apdex with T = 0.5 s: 1 is all satisfied, 0 is none"
            => "Apdex（T = 0.5 s）：1は全員満足、0は満足なし";
        timeouts_figure: "timeouts" => "タイムアウト";
        calls_whose_caller_ran_out: "Calls whose caller ran out of time"
            => "呼び出し元が時間切れになった呼び出し";
        ns_to_within_1_percent: "{length} ns, to within 1%" => "{length} ns（誤差1%以内）";
        average: "average" => "平均";
        requests_2: "Requests" => "リクエスト";
        peak: "peak {most}" => "最大 {most}";
        normally: "normally {usual} · " => "通常 {usual} · ";
        peak_2: "{usual}peak {most}" => "{usual}最大 {most}";
        p95_latency: "p95 latency" => "p95レイテンシ";
        looking_for_traces: "Looking for traces…" => "トレースを検索中…";
        none_of_the_chosen_requests: "None of the chosen requests failed."
            => "選択したリクエストに失敗はありません。";
        no_chosen_request_is_here: "No chosen request is here." => "選択したリクエストはここにありません。";
        no_failed_traces_in_this: "No failed traces in this window."
            => "この期間に失敗したトレースはありません。";
        no_traces_in_this_window: "No traces in this window." => "この期間にトレースはありません。";
        the_first_of: "The first {most} of {all}" => "{all}件のうち最初の{most}件";
        trace_spans_started: "Trace {service} {operation}, {took}, {spans} spans, {outcome}, started {started}"
            => "トレース {service} {operation}、{took}、{spans}スパン、{outcome}、開始 {started}";
        failed_2: "failed" => "失敗";
        no_failure: "no failure" => "失敗なし";
        failed_3: " · {count} failed" => " · 失敗{count}";
        spans_services: "{started} · {spans} spans · {services} services{errors}"
            => "{started} · スパン{spans} · サービス{services}{errors}";
        operation: "Operation" => "操作";
        of_the_whole_trace: "of {length}" => "全体 {length}";
        how_long_its_calls_took: "The longest of its calls in each trace, and the whole trace."
            => "各トレース内の最長の呼び出しと、トレース全体。";
        the_longest_of_these_calls: "the longest of these calls in it" => "この中で最長の呼び出し";
        the_whole_trace: "the whole trace" => "トレース全体";
        started_whole_trace: "{name}\nStarted {started}\n{took}: {of}; whole trace {length}"
            => "{name}\n開始 {started}\n{took}：{of}。トレース全体 {length}";
        succeeded: "succeeded" => "成功";
        unavailable: "unavailable" => "接続不可";
        throttled: "throttled" => "流量制限";
        cancelled: "cancelled" => "キャンセル";
        server_errors: "server errors" => "サーバーエラー";
        client_errors: "client errors" => "クライアントエラー";
        database_errors: "database errors" => "データベースエラー";
        application_errors: "application errors" => "アプリケーションエラー";
        calls_estimated_from: "~{count} calls, estimated from {seen}" => "~{count}件（{seen}件からの推定）";
        n_calls: "{count} calls" => "{count}件の呼び出し";
        callees: "Calls" => "呼び出し先";
    }
}
