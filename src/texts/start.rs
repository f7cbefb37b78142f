//! The start page, sources, status bar, top bar and menu.
super::catalogue! {
    /// The start page, sources, status bar, top bar and menu.
    Start {
        see_how_your_services_call: "See how your services call each other" => "サービス間の呼び出しを可視化";
        spanscape_draws_a_live_map: "Spanscape draws a live map from OpenTelemetry traces. Nothing leaves this machine."
            => "SpanscapeはOpenTelemetryトレースからライブマップを描きます。データがこのマシンの外に出ることはありません。";
        send_traces_here: "Send traces here" => "トレースをここに送信";
        open_trace_files: "Open trace files" => "トレースファイルを開く";
        otlp_jaeger_or_zipkin_json: "OTLP, Jaeger or Zipkin; JSON or protobuf; gzip or zstd. Or drop files anywhere on this window."
            => "OTLP、Jaeger、Zipkin（JSON・protobuf、gzip・zstd）。ウィンドウへのドロップでも開けます。";
        open_files: "Open files…" => "ファイルを開く…";
        open_a_path: "Open a path…" => "パスを開く…";
        try_the_sample: "Try the sample" => "サンプルを試す";
        traces_of_a_shop_whose: "Traces of a shop whose checkout breaks: find out what started it, and whom it hits."
            => "注文処理が壊れたショップのトレースです。原因と影響範囲を探してみましょう。";
        open_sample: "Open sample" => "サンプルを開く";
        could_not_be_read: "{name} could not be read" => "{name} を読み込めませんでした";
        this_window_does_not_listen: "This window does not listen for traces."
            => "このウィンドウはトレースを受信していません。";
        otlp_over: "OTLP over {protocol} · {story}" => "OTLP/{protocol} · {story}";
        copy: "{icon}  Copy" => "{icon}  コピー";
        reading_traces: "Reading traces" => "トレースを読み込み中";
        spans_per_second_too: " · {count} spans/s" => " · {count}スパン/秒";
        spans_so_far: "{count} spans so far{rate}" => "これまでに{count}スパン{rate}";
        stop_reading_all: "Stop reading all" => "すべての読み込みを中止";
        no_trace_matches_this_filter: "No trace matches this filter in this window."
            => "この期間にフィルターに合うトレースはありません。";
        no_trace_matches_this_filter_2: "No trace matches this filter."
            => "フィルターに合うトレースはありません。";
        nothing_happened_in_this_window: "Nothing happened in this window."
            => "この期間には何も起きていません。";
        clear_the_filter: "Clear the filter" => "フィルターを解除";
        look_at_all_data: "Look at all data" => "全データを表示";
        drop_to_open_these_traces: "Drop to open these traces" => "ドロップしてトレースを開く";
        of: "{done} of {all}{left}" => "{done} / {all}{left}";
        read: "{done} read" => "{done}読み込み済み";
        nearly_done: "nearly done" => "まもなく完了";
        about_s_left: "about {seconds} s left" => "残り約{seconds}秒";
        about_min_left: "about {minutes} min left" => "残り約{minutes}分";
        about_h_left: "about {hours} h left" => "残り約{hours}時間";
        sources: "{icon}  Sources  {more}" => "{icon}  ソース  {more}";
        nothing_has_arrived_yet: "Nothing has arrived yet." => "まだ何も届いていません。";
        stop_reading: "Stop reading" => "読み込みを中止";
        stop_following: "Stop following" => "追跡を終了";
        clear_all_spans: "Clear all spans" => "すべてのスパンを消去";
        stored: "{count} stored" => "保存{count}";
        duplicates: " · {count} duplicates" => " · 重複{count}";
        refused: " · {count} refused" => " · 拒否{count}";
        and_more: "and {count} more" => "他{count}件";
        reading: "Reading…" => "読み込み中…";
        followed_as_it_grows: "{icon}  Followed as it grows" => "{icon}  追記を追跡中";
        refused_2: "Refused: {reason}" => "拒否：{reason}";
        removed_to_keep_within_memory: "Removed to keep within memory" => "メモリ上限のため削除";
        values_cut_short: "Values cut short" => "切り詰めた値";
        text_that_was_not_utf: "Text that was not UTF-8" => "UTF-8でない文字列";
        not_listening: "Not listening" => "受信していません";
        spans_s: "{count} spans/s" => "{count}スパン/秒";
        over_the_last_five_seconds: "Over the last five seconds" => "直近5秒間";
        spans: "{count} spans" => "{count}スパン";
        spans_stored: "{count} spans stored" => "{count}スパンを保存中";
        memory_held_by_spans_and: "Memory held by spans, and the most that they may hold"
            => "スパンの使用メモリと上限";
        duplicates_2: "{count} duplicates" => "重複{count}";
        spans_that_were_there_already: "Spans that were there already: a retry, or a second file"
            => "既にあったスパン：再送または別のファイル";
        paused_a_span_waits: "Paused: 1 new span waits" => "一時停止中：新しいスパン1個が待機";
        paused_spans_wait: "Paused: {count} new spans wait" => "一時停止中：新しいスパン{count}個が待機";
        paused_new_data_waits: "Paused: new data waits" => "一時停止中：新しいデータは待機";
        reading_2: "Reading{share}{left}" => "読み込み中{share}{left}";
        stop: "Stop" => "中止";
        lost: "{count} lost" => "損失{count}";
        what_was_lost_and_why: "What was lost, and why" => "失われたものとその理由";
        following: "Following {name}" => "{name} を追跡中";
        following_files: "Following {count} files" => "{count}ファイルを追跡中";
        keys_and_help: "Keys and help" => "キーとヘルプ";
        all_data: "All data" => "全データ";
        last_5_minutes: "Last 5 minutes" => "直近5分";
        last_15_minutes: "Last 15 minutes" => "直近15分";
        last_hour: "Last hour" => "直近1時間";
        window: "Window: {name}" => "期間：{name}";
        resume: "Resume" => "再開";
        live: "Live" => "ライブ";
        resume_showing_new_data: "Resume showing new data" => "新しいデータの表示を再開";
        pause_stop_showing_new_data: "Pause: stop showing new data" => "一時停止：新しいデータを表示しない";
        space: "{what} (Space)" => "{what}（Space）";
        theme: "Theme" => "テーマ";
        as_the_system: "As the system" => "システムに合わせる";
        dark: "Dark" => "ダーク";
        light: "Light" => "ライト";
        times: "Times" => "時刻";
        in_the_local_zone: "In the local zone" => "ローカル時刻";
        in_utc: "In UTC" => "UTC";
        commands: "Commands…" => "コマンド…";
        undo: "Undo" => "元に戻す";
        back: "Back to where you were" => "前の場所に戻る";
        show_the_whole_map: "Show the whole map" => "マップ全体を表示";
        compare_the_window_with_the: "Compare the window with the time before" => "期間を直前の期間と比較";
        after_window: "After: {range}" => "後：{range}";
        choose_a_window_first: "Choose a window first" => "先に期間を選択してください";
        arrange_the_map_anew: "Lay the map out anew" => "マップを配置し直す";
        reset_panel_sizes: "Reset panel sizes" => "パネルの大きさを初期化";
        panels_get_the_sizes_that: "Panels get the sizes that they came with"
            => "パネルを最初の大きさに戻します";
        menu: "Menu" => "メニュー";
        text: "Text" => "文字";
        smaller_text: "Smaller text" => "文字を小さく";
        larger_text: "Larger text" => "文字を大きく";
        text_of_the_usual_size: "Text of the usual size" => "標準の文字サイズ";
        reduced_motion: "Reduced motion" => "動きを減らす";
        flow: "Flow: callers left, namespaces in boxes"
            => "流れ：呼び出し元を左、名前空間を枠に";
        force: "Force: neighbours near each other" => "力学：つながるもの同士を近くに";
        layered: "Layered: columns from callers to callees" => "階層：呼び出し元から呼び出し先への列";
        rings_around_the_selection: "Rings around the selection" => "選択を中心に同心円";
        grid: "Grid" => "格子";
        not_listening_2: "not listening" => "受信していません";
        listening_nothing_received_yet: "listening, nothing received yet" => "待ち受け中、まだ受信なし";
        requests_last_from: "{count} requests, last from {client}" => "{count}リクエスト、最新は{client}から";
        requests: "{count} requests" => "{count}リクエスト";
        refused_3: "{count} refused: {why}" => "{count}件を拒否：{why}";
        opening_the_trace: "Opening the trace…" => "トレースを開いています…";
        trace_is_not_stored_it: "Trace {trace} is not stored: it never arrived, or was removed since."
            => "トレース {trace} は保存されていません：届いていないか、削除されました。";
        close: "Close" => "閉じる";
        saturates_first: "saturates first" => "最初に飽和";
        nearest_to_its_limit: "nearest to its limit" => "限界に最も近い";
        and_more_spanscape: "{name} and {count} more – Spanscape" => "{name} 他{count}件 – Spanscape";
        language: "Language" => "言語 (Language)";
        language_of_the_system: "System" => "システムに合わせる";
        english: "English" => "English";
        japanese: "日本語" => "日本語";
    }
}
