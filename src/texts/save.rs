//! What is opened, saved, copied and hidden.
super::catalogue! {
    /// What is opened, saved, copied and hidden.
    Save {
        hide: "Hide" => "秘匿";
        names_services_operations_hosts_databases: "Names: services, operations, hosts, databases, queues, libraries, events, errors become aliases"
            => "名前：サービス、操作、ホスト、データベース、キュー、ライブラリ、イベント、エラーを別名にする";
        names_of_a_report: "Names: services, operations, hosts, databases, queues become aliases"
            => "名前：サービス、操作、ホスト、データベース、キューを別名にする";
        the_same_name_is_always: "The same name is always the same alias on this machine, and nobody else can guess it."
            => "同じ名前はこのマシンでは常に同じ別名になり、他者には推測できません。";
        statements_messages_and_urls_behind: "Statements, messages, and URLs behind their host"
            => "SQL文、メッセージ、URLのホスト以降";
        all_attributes_but_those_that: "All attributes but those that the map and its answers need"
            => "マップと分析に必要なもの以外のすべての属性";
        notes_of_people: "Notes: otherwise their texts stay, but for names"
            => "メモ（残す場合、名前以外の文章はそのまま）";
        drop_these_attributes: "Drop these attributes" => "削除する属性";
        but_keep: "But keep" => "残す属性";
        looking_at_the_spans: "Looking at the spans…" => "スパンを確認中…";
        spans_of_traces: "{spans} spans of {traces} traces" => "{traces}トレース、{spans}スパン";
        measurements: "{count} measurements" => "測定値{count}件";
        form_png: "A picture of the map as it stands." => "表示中のマップの画像。";
        form_svg: "A picture that can be scaled, for documents." => "拡大縮小できる画像（文書向け）。";
        form_dot: "For Graphviz." => "Graphviz向け。";
        form_mermaid: "For Markdown pages." => "Markdownページ向け。";
        form_graphml: "For Gephi, yEd and networkx." => "Gephi、yEd、networkx向け。";
        form_csv: "A row for each edge and node, for spreadsheets." => "エッジとノードを1行ずつ（表計算向け）。";
        form_json: "All figures, as the command line prints them." => "すべての数値（コマンドラインの出力と同じ）。";
        form_table: "Two tables of text." => "2つのテキスト表。";
        hidden_service: "service" => "サービス";
        hidden_operation: "operation" => "操作";
        hidden_message: "status message" => "ステータスメッセージ";
        hidden_metric: "metric" => "メトリクス";
        hidden_trace_state: "trace state" => "トレース状態";
        hidden_of_resource: "resource {key}" => "リソース {key}";
        hidden_scope: "scope" => "スコープ";
        hidden_scope_version: "scope version" => "スコープのバージョン";
        hidden_of_scope: "scope {key}" => "スコープ {key}";
        hidden_event: "event" => "イベント";
        hidden_of_event: "event {key}" => "イベント {key}";
        hidden_link_state: "link trace state" => "リンクのトレース状態";
        hidden_of_link: "link {key}" => "リンク {key}";
        hidden_note: "note" => "メモ";
        hidden_span: "A span" => "スパン";
        hidden_others: "What only other spans say" => "ほかのスパンのみの項目";
        hidden_measurement: "A measurement" => "測定値";
        hidden_notes: "Notes" => "メモ";
        traces: "traces" => "トレース";
        preview: "Preview" => "プレビュー";
        nothing_is_hidden_everything_is: "Nothing is hidden: everything is saved as it was sent."
            => "何も隠しません：送られたまま保存します。";
        what_is_hidden_is_below: "No name, attribute or text of a span is hidden." => "スパンの名前・属性・文章は隠しません。";
        in_the_first_spans: " in the first {count} spans" => "（最初の{count}スパンで）";
        names_become_aliases_attributes_are: "{names} names become aliases, {attributes} attributes are dropped, {texts} statements, messages and URLs are cut{of}. Shape, times and figures of the map stay."
            => "名前{names}件を別名にし、属性{attributes}件を削除し、SQL文・メッセージ・URL{texts}件を切り詰めます{of}。マップの形、時刻、数値は変わりません。";
        as_it_is: "as it is" => "そのまま";
        dropped: "dropped" => "削除";
        shows: "Shows" => "表示範囲";
        the_whole_map: "The whole map" => "マップ全体";
        what_is_in_view: "What is in view" => "表示中の範囲";
        size: "Size" => "サイズ";
        in_pixels: "In pixels" => "ピクセル指定";
        width_in_pixels: "Width in pixels" => "幅（ピクセル）";
        height_in_pixels: "Height in pixels" => "高さ（ピクセル）";
        pixels: "{width} × {height} pixels" => "{width} × {height} ピクセル";
        save_the_map: "Save the map" => "マップを保存";
        save_a_case_file: "Save a case file" => "ケースファイルを保存";
        save_the_traces: "Save the traces" => "トレースを保存";
        save_the_report: "Save the report" => "レポートを保存";
        map: "map" => "マップ";
        case_file: "case file" => "ケースファイル";
        report: "report" => "レポート";
        one_file_with_the_spans: "One file with the spans, measurements, layout, places, pins, notes, window, filter and selection: it opens the same on another machine."
            => "スパン、測定値、レイアウト、配置、ピン、メモ、期間、フィルター、選択を一つのファイルに。別のマシンでも同じように開きます。";
        otlp_json_one_batch_a: "OTLP JSON, one batch a line, or protobuf: the end of the name decides. Any OpenTelemetry tool reads it."
            => "OTLP JSON（1行1バッチ）またはprotobuf。拡張子で決まります。OpenTelemetryのツールで読めます。";
        the_incident_review_as_markdown: "The incident review as Markdown." => "障害レビュー（Markdown）。";
        width_and_height_are_whole: "Width and height are whole numbers of pixels."
            => "幅と高さはピクセル単位の整数です。";
        save_map_as: "Save map as…" => "マップを保存…";
        copy_map_as: "Copy map as" => "マップをコピー";
        picture: "Picture" => "画像";
        text_table: "Text table" => "テキスト表";
        save_case_file: "Save case file…" => "ケースファイルを保存…";
        save_traces_as_otlp: "Save traces as OTLP…" => "トレースをOTLPで保存…";
        save_report: "Save report…" => "レポートを保存…";
        spans: "Spans" => "スパン";
        traces_in_the_window_that: "Traces in the window that pass the filter"
            => "期間内でフィルターに合うトレース";
        all_traces: "All traces" => "すべてのトレース";
        choose_a_file: "Choose a file…" => "ファイルを選択…";
        or_type_a_path: "or type a path" => "またはパスを入力";
        path_of_the_file: "Path of the file" => "ファイルのパス";
        save_there: "Save there" => "そこに保存";
        exists_already: "{name} exists already. Replace it?" => "{name} は既にあります。置き換えますか？";
        replace: "Replace" => "置き換える";
        cancel: "Cancel" => "キャンセル";
        copied_as: "Copied as {form}." => "{form}としてコピーしました。";
        fewer_traces_elsewhere: "Elsewhere, what is usual is judged from these traces alone: health and usual latencies may differ."
            => "別の環境では、これらのトレースだけから通常の状態を判断するため、健全性や通常のレイテンシが変わることがあります。";
        close: "Close" => "閉じる";
        writing: "Writing…" => "書き込み中…";
        saved_as: "Saved as {path}." => "{path} に保存しました。";
        there_is_no_file_dialog: "There is no file dialog here: type a path."
            => "ファイルダイアログを使えません。パスを入力してください。";
        save_what: "Save the {what}" => "{what}を保存";
        there_is_nothing_to_save: "There is nothing to save yet." => "保存するものがまだありません。";
        nodes_and_edges: "{nodes} nodes and {edges} edges" => "ノード{nodes}個、エッジ{edges}本";
        window: "window {range}" => "期間 {range}";
        filter: "filter {filter}" => "フィルター {filter}";
        say_where_the_file_goes: "Say where the file goes." => "保存先を指定してください。";
        is_a_folder_name_a: "{path} is a folder: name a file in it"
            => "{path} はフォルダーです。ファイル名を指定してください";
        no_space_left_on_the: "No space left on the disk" => "ディスクの空きがありません";
        its_folder_does_not_exist: "its folder does not exist" => "フォルダーが存在しません";
        permission_denied: "permission denied" => "権限がありません";
        the_disk_can_only_be: "the disk can only be read" => "読み取り専用のディスクです";
        the_disk_takes_no_file: "the disk takes no file that large"
            => "このディスクには大きすぎるファイルです";
        could_not_be_written: "{name} could not be written: {why}" => "{name} に書き込めませんでした：{why}";
        sample: "sample {name}" => "サンプル {name}";
        open_traces: "Open traces" => "トレースを開く";
        open_rules: "Open rules" => "ルールを開く";
        the_report_is_on_the: "The report is on the clipboard, as Markdown."
            => "レポートをMarkdownでクリップボードにコピーしました。";
    }
}
