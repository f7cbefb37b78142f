//! What readers say of files, folders and streams.
super::catalogue! {
    /// What readers say of files, folders and streams.
    Reading {
        standard_input: "standard input" => "標準入力";
        does_not_exist: "{name} does not exist" => "{name} は存在しません";
        cannot_be_opened: "{name} cannot be opened: {why}" => "{name} を開けません：{why}";
        cannot_be_read: "{name} cannot be read: {why}" => "{name} を読み込めません：{why}";
        cannot_be_read_from: "{name} cannot be read from byte {at}: {why}"
            => "{name} は{at}バイト目から読み込めません：{why}";
        is_damaged: "{name} is damaged after byte {at} of its unpacked content: {why}"
            => "{name} は展開後の{at}バイト目より先が壊れています：{why}";
        permission_denied: "permission denied" => "権限がありません";
        is_a_folder: "{name} is a folder, not a file" => "{name} はファイルではなくフォルダーです";
        is_a_device: "{name} is a device, pipe or socket, not a file; standard input is read with -"
            => "{name} はファイルではなくデバイス、パイプ、ソケットのいずれかです（標準入力は - で読み込みます）";
        folder_is_empty: "the folder {name} holds no files" => "フォルダー {name} にファイルがありません";
        folder_cannot_be_read: "the folder {name} cannot be read: {why}"
            => "フォルダー {name} を読み込めません：{why}";
        folder_is_too_large: "the folder {name} holds more than {most} files: name some of them"
            => "フォルダー {name} のファイルが{most}件を超えています。一部を指定してください";
        was_stopped: "{name} was not read to its end: it was stopped"
            => "{name} の読み込みを途中で中止しました";
        cut_off_before_first_byte: "{name} is cut off before its first byte" => "{name} は最初のバイトの前で途切れています";
        is_empty: "{name} is empty" => "{name} は空です";
        only_spaces: "{name} is empty: it holds only spaces" => "{name} は空です（空白だけです）";
        looks_like: "{name} is not a trace file: it looks like {what}"
            => "{name} はトレースファイルではありません：{what}のようです";
        no_trace_file: "{name} is not a trace file: {why}" => "{name} はトレースファイルではありません：{why}";
        no_line_is_a_record: "no line of it is a record" => "レコードとして読める行がありません";
        case_cut_off: "{name} is a case file that is cut off in its first line"
            => "{name} は最初の行で途切れたケースファイルです";
        case_of_other_version: "{name} is a case file of version {version}; this program reads version {own}"
            => "{name} はバージョン{version}のケースファイルです（このプログラムが読めるのはバージョン{own}）";
        case_without_version: "{name} is a case file that does not say its version"
            => "{name} はバージョンの書かれていないケースファイルです";
        case_state: "{name}: what it keeps beside the spans cannot be read: {why}"
            => "{name}：スパン以外に保存された内容を読み込めません：{why}";
        lost: "{name} {what}" => "{name}：{what}";
        lost_by_error: "{name} {what} ({error})" => "{name}：{what}。最初のエラー：{error}";
        and_it: "{one}, and it {other}" => "{one}。{other}";
        is_cut_off: "is cut off after byte {at}" => "{at}バイトで途切れています";
        is_cut_off_in_a_record: "is cut off after byte {at}: 1 incomplete record left out"
            => "{at}バイトで途切れています（不完全なレコード1件は除外）";
        has: "has {what}" => "{what}";
        bad_line: "1 bad line: {list}" => "不正な行1件（行：{list}）";
        bad_lines: "{count} bad lines: {list}" => "不正な行{count}件（行：{list}）";
        bad_record: "1 bad record, at byte: {list}" => "不正なレコード1件（バイト位置：{list}）";
        bad_records: "{count} bad records, at bytes: {list}" => "不正なレコード{count}件（バイト位置：{list}）";
        too_long: "1 record larger than 64 MiB left out, at byte: {list}"
            => "64 MiBを超えるため除外したレコード1件（バイト位置：{list}）";
        too_long_ones: "{count} records larger than 64 MiB left out, at bytes: {list}"
            => "64 MiBを超えるため除外したレコード{count}件（バイト位置：{list}）";
        list_and_more: "{list} and {more} more" => "{list} 他{more}件";
        error_at_byte: "{error} at byte {at}" => "{error}（{at}バイト目）";
        holds_no_spans: "{name} holds no spans" => "{name} にはスパンがありません";
        holds_other_signals: "{name} holds metrics or logs and no spans"
            => "{name} にはメトリクスやログだけがあり、スパンがありません";
        read_once: "{name} is read once and not followed: {why}" => "{name} は一度だけ読み込み、追跡しません：{why}";
        no_longer_followed: "{name} can no longer be followed: {why}" => "{name} をこれ以上追跡できません：{why}";
        followed_no_more: "{name} is followed no more" => "{name} の追跡を終了しました";
        is_read_anew: "{name} was exchanged or emptied and is read anew"
            => "{name} は置き換えられたか空にされたため、最初から読み込みます";
        is_no_file_on_a_disk: "it is not a file on a disk" => "ディスク上のファイルではありません";
        is_packed_with: "it is packed with {packing}" => "{packing}で圧縮されています";
        is_one_message: "it is one protobuf message, without lengths"
            => "長さの情報のない単一のprotobufメッセージです";
        is_one_document: "it is one JSON document over several lines" => "複数行にわたる単一のJSON文書です";
        is_a_case_file: "it is a case file, which is written once" => "一度だけ書かれるケースファイルです";
    }
}
