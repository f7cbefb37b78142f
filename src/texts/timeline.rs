//! The timeline, replay, alerts, deployments and moments.
super::catalogue! {
    /// The timeline, replay, alerts, deployments and moments.
    Timeline {
        show_all_of_the_time: "Show all of the time" => "全期間を表示";
        more: "{left} more" => "他{left}件";
        more_alerts: "{left} more alerts" => "他のアラート{left}件";
        more_alerts_than_there_is: "More alerts than there is room for; a click lists all"
            => "表示しきれないアラート（クリックで一覧）";
        active_alert: "Active alert" => "発生中のアラート";
        alert: "Alert" => "アラート";
        on_the_timeline: "{state} on the timeline: {alert}" => "タイムライン上の{state}：{alert}";
        since: "since {start}" => "{start}から";
        from_to: "from {start} to {end}" => "{start}から{end}まで";
        active_alerts: "Active alerts" => "発生中のアラート";
        show_fewer: "Show fewer" => "表示を減らす";
        show_more: "Show {count} more" => "さらに{count}件表示";
        alert_2: "Alert: {alert}" => "アラート：{alert}";
        more_tell_of_it: " · {count} more tell of it" => " · 関連{count}件";
        deployment: "Deployment" => "デプロイ";
        restarted: "{service}, at {time}: {what}" => "{service}、{time}：{what}";
        at: "{service}, {kind}{space}{what}, at {time}" => "{service}、{kind}{space}{what}、{time}";
        deployed_at: "deployed{space}{version} at {time}" => "デプロイ{space}{version}、{time}";
        forms: "Write 10:02:30, 2026-03-10T03:00:00Z, +90s or -15m, or drag on the timeline."
            => "10:02:30、2026-03-10T03:00:00Z、+90s、-15m の形で入力するか、タイムラインをドラッグします。";
        no_time: "This cannot be read as a time" => "時刻として読めません";
        that_is_after_the_last: "That is after the last span ({last})" => "最後のスパン（{last}）より後です";
        that_is_before_the_first: "That is before the first span ({first})"
            => "最初のスパン（{first}）より前です";
        the_end_must_be_after: "The end must be after the start" => "終了は開始より後にしてください";
        write_a_length_as_90s: "Write a length as 90s, 15m or 2h" => "長さは 90s、15m、2h の形で入力します";
        from: "From" => "開始";
        to: "To" => "終了";
        look_at_this_window: "Look at this window" => "この期間を表示";
        the_usual_ones: "the usual ones" => "標準";
        rules: "Rules: {which} ({count})" => "ルール：{which}（{count}件）";
        not_in_use: "Not in use: {why}" => "未使用：{why}";
        rules_2: "Rules…" => "ルール…";
        requests_pass: "{kept} of {all} requests pass the filter" => "{all}件中{kept}件のリクエストがフィルターに一致";
        no_data_for: "No data for {length}" => "{length}の間データなし";
        only_before: "Only before" => "前だけ";
        only_after: "Only after" => "後だけ";
        look_at: "Look at {range} alone" => "{range} だけを表示";
        filters_of_rules: "Only calls of traces with a span that matches count for a rule:"
            => "ルールごとに、一致するスパンを持つトレースの呼び出しだけを数えます：";
        filter_of_rule: "Filter of the rule {name}" => "ルール{name}のフィルター";
        open_rules: "Open rules…" => "ルールを開く…";
        read_again: "Read again" => "再読み込み";
        use_the_usual_rules: "Use the usual rules" => "標準のルールを使う";
        spanscape_analyze_health_print_rules: "spanscape analyze health --print-rules prints the usual ones, to begin with."
            => "標準のルールは spanscape analyze health --print-rules で出力できます。";
        path_of_a_file_of: "Path of a file of rules" => "ルールファイルのパス";
        use_: "Use" => "使用";
        replay_at: ", replay at {time}" => "、再生位置 {time}";
        timeline_from_to: "Timeline from {start} to {end}{at}" => "タイムライン {start}〜{end}{at}";
        calm_time: "Calm time" => "平常時";
        incident: "Incident" => "障害";
        requests: "Requests" => "リクエスト";
        failed: "Failed" => "失敗";
        compared_with: "{before} compared with {after}" => "{before} と {after} の比較";
        window: "Window {range} · {length}" => "期間 {range} · {length}";
        drag_to_choose_a_window: "Drag to choose a window; Shift and drag to compare one with the rest"
            => "ドラッグで期間を選択、Shift+ドラッグで他の期間と比較";
        end_comparison: "End comparison" => "比較を終了";
        clear_window: "Clear window" => "期間を解除";
        requests_failed_p95: "{time}   {requests}   {failed} failed   p95 {p95}"
            => "{time}   {requests}   失敗{failed}件   p95 {p95}";
        one_request: "1 request" => "リクエスト1件";
        n_requests: "{count} requests" => "リクエスト{count}件";
        deployed: "Deployed: {what}" => "デプロイ：{what}";
        click_for_what_changed: "{what}\nClick for what changed" => "{what}\nクリックで変化を表示";
        each_is_one_recorded_call: "each is one recorded call" => "点は記録された呼び出し1件";
        n_1_of_shown: ", 1 of {count} shown" => "、{count}件に1件を表示";
        of_failed_ones_1_of: ", of failed ones 1 of {count}" => "、失敗は{count}件に1件";
        untimed: "untimed" => "時間なし";
        ok: "ok" => "正常";
        slow: "slow" => "低速";
        failed_2: "failed: {how}" => "失敗：{how}";
        call_to: "Call {operation}, {from} to {to}, {length}, {outcome}"
            => "呼び出し {operation}、{from}から{to}、{length}、{outcome}";
        stop_the_replay_here_space: "Stop the replay here (Space)" => "ここで再生を止める（Space）";
        play_on_space: "Play on (Space)" => "再生を続ける（Space）";
        replay_the_requests_space: "Replay the requests (Space)" => "リクエストを再生（Space）";
        play_backwards_r: "Play backwards (R)" => "逆再生（R）";
        end_the_replay_esc: "End the replay (Esc)" => "再生を終了（Esc）";
        once_a_second_reduced_motion: "Once a second: reduced motion" => "1秒ごとに更新（動きを抑える）";
        speed_of_the_replay: "Speed of the replay: {speed}" => "再生速度：{speed}";
        speed_slower_faster: "Speed ([ slower, ] faster)" => "速度（[ で遅く、] で速く）";
        go_to: "Go to {icon}" => "移動 {icon}";
        next_failed_request: "Next failed request" => "次の失敗リクエスト";
        previous_failed_request: "Previous failed request" => "前の失敗リクエスト";
        next_deployment: "Next deployment" => "次のデプロイ";
        previous_deployment: "Previous deployment" => "前のデプロイ";
        start: "Start" => "先頭";
        end: "End" => "末尾";
        go_to_a_moment: "Go to a moment" => "時点へ移動";
        before: "Before" => "前";
        after: "After" => "後";
        deployment_2: "deployment" => "デプロイ";
        looking_for_deployments: "Still looking for deployments" => "デプロイを検索中";
        no: "No {which} {what}" => "これより{which}{what}はありません";
        later: "later" => "後の";
        earlier: "earlier" => "前の";
        failed_request: "failed request" => "失敗リクエスト";
        alert_3: "{more}Alert, {told}" => "{more}アラート、{told}";
        wave_of_the_incident: "wave {wave} of the incident" => "障害の第{wave}波";
    }
}
