//! The command palette.
super::catalogue! {
    /// The command palette.
    Commands {
        list_traces: "List traces: {order}" => "トレース一覧：{order}";
        tab: "Tab: {tab}" => "タブ：{tab}";
        in_latin_letters: " (Japanese)" => " (Japanese)";
        zoom_the_timeline: "Zoom the timeline to the window or the incident, and back"
            => "タイムラインを期間またはインシデントに拡大・元に戻す";
        walk_over_the_traces: "Walk over the traces of the selection with the keyboard"
            => "選択のトレースをキーボードでたどる";
        back_to_where_you_were: "Back to where you were" => "前の場所に戻る";
        forward_again: "Forward again" => "次の場所に進む";
        filter: "Filter" => "フィルター";
        clear_the_filter: "Clear the filter" => "フィルターを解除";
        show_the_whole_map: "Show the whole map" => "マップ全体を表示";
        walk_on_the_map_with: "Walk on the map with the arrow keys" => "矢印キーでマップ上を移動";
        arrange_the_map_anew: "Lay the map out anew: forget where nodes stand" => "マップを配置し直す：ノードの位置を忘れる";
        minimap_show_or_hide: "Minimap: show or hide" => "ミニマップ：表示・非表示";
        legend_explain_every_sign: "Legend: explain every sign" => "凡例：すべての記号を説明";
        compare_the_window_with_the: "Compare the window with the time before" => "期間を直前の期間と比較";
        select_nothing: "Select nothing" => "選択を解除";
        window_all_data: "Window: all data" => "期間：全データ";
        window_last_5_minutes: "Window: last 5 minutes" => "期間：直近5分";
        window_last_15_minutes: "Window: last 15 minutes" => "期間：直近15分";
        window_last_hour: "Window: last hour" => "期間：直近1時間";
        keys_and_help: "Keys and help" => "キーとヘルプ";
        copy_the_incident_review: "Copy the incident review" => "障害レビューをコピー";
        save_the_incident_review: "Save the incident review" => "障害レビューを保存";
        what_was_lost_on_the: "What was lost on the way" => "途中で失われたもの";
        choose_a_file_of_rules: "Choose a file of rules for alerts" => "アラートのルールファイルを選択";
        use_the_usual_rules_for: "Use the usual rules for alerts" => "アラートに標準のルールを使う";
        resume_live_data: "Resume live data: show what came meanwhile" => "ライブを再開：新しいデータを表示";
        pause_live_data: "Pause live data: stop showing what is new" => "ライブを一時停止：新しいデータを表示しない";
        open_files: "Open files" => "ファイルを開く";
        open_a_path: "Open a path" => "パスを開く";
        open_the_sample: "Open the sample" => "サンプルを開く";
        stop_reading_files: "Stop reading files" => "ファイルの読み込みを中止";
        forget_all_spans: "Forget all spans" => "すべてのスパンを消去";
        replay_the_requests_or_stop: "Replay the requests, or stop there" => "再生：リクエストを再生・停止";
        replay_backwards_and_forwards_again: "Replay: backwards, and forwards again" => "再生：逆再生・順再生";
        replay_slower: "Replay: slower" => "再生：遅く";
        replay_faster: "Replay: faster" => "再生：速く";
        replay_next_failed_request: "Replay: next failed request" => "再生：次の失敗リクエスト";
        replay_previous_failed_request: "Replay: previous failed request" => "再生：前の失敗リクエスト";
        replay_next_deployment: "Replay: next deployment" => "再生：次のデプロイ";
        replay_previous_deployment: "Replay: previous deployment" => "再生：前のデプロイ";
        replay_to_the_start_of: "Replay: to the start of the data" => "再生：データの先頭へ";
        replay_to_the_end_of: "Replay: to the end of the data" => "再生：データの末尾へ";
        leave_the_replay: "Leave the replay" => "再生を終了";
        arrange: "Arrange: {how}" => "配置：{how}";
        undo_what_hides: "Undo what hides, groups or filters" => "隠す・グループ・フィルターを元に戻す";
        redo_what_was_undone: "Redo what was undone" => "元に戻したものをやり直す";
        show_all_that_is_hidden: "Show all that is hidden" => "隠したものをすべて表示";
        hide_the_selection: "Hide the selection" => "選択を隠す";
        collapse_or_expand_the_group: "Collapse or expand the group of the selection" => "選択のグループを折りたたむ・展開";
        collapse_all_groups: "Collapse all groups" => "すべてのグループを折りたたむ";
        expand_all_groups: "Expand all groups" => "すべてのグループを展開";
        theme_as_the_system: "Theme: as the system" => "テーマ：システムに合わせる";
        theme_dark: "Theme: dark" => "テーマ：ダーク";
        theme_light: "Theme: light" => "テーマ：ライト";
        times_in_utc: "Times in UTC" => "時刻：UTC";
        times_in_the_local_zone: "Times in the local zone" => "時刻：ローカル";
        larger_text: "Larger text" => "文字を大きく";
        smaller_text: "Smaller text" => "文字を小さく";
        text_of_the_usual_size: "Text of the usual size" => "標準の文字サイズ";
        motion_as_the_system: "Motion: as the system" => "動き：システムに合わせる";
        motion_reduced: "Motion: reduced" => "動き：減らす";
        motion_full: "Motion: full" => "動き：すべて";
        reset_panel_sizes: "Reset panel sizes: as they came"
            => "パネルの大きさを初期化";
        answer: "Answer: {question}" => "分析：{question}";
        trace: "trace" => "トレース";
        failed: "failed · {length}" => "失敗 · {length}";
        edges_as_they_came: "Edges as they came" => "エッジ：初期設定に戻す";
        language: "Language: {language}" => "言語 (Language)：{language}";
    }
}
