//! What is wrong with bytes that do not decode.
super::catalogue! {
    /// What is wrong with bytes that do not decode.
    Decoding {
        at_byte: "{what} at byte {at}" => "{what}（{at}バイト目）";
        document_ends: "the document ends" => "文書が途切れています";
        found_character: "found `{found}`" => "`{found}` があります";
        found_byte: "found byte {found}" => "バイト {found} があります";
        found: "found {found}" => "{found}があります";
        where_expected: "{found} where {expected} was expected" => "{found}（本来は{expected}）";
        field_is: "{field} is {found} and not {expected}" => "{field} が{expected}ではなく{found}です";
        an_object: "an object" => "オブジェクト";
        a_list: "a list" => "リスト";
        a_text: "text" => "文字列";
        a_truth_value: "a truth value" => "真偽値";
        a_number: "a number" => "数値";
        a_number_of_microseconds: "a number of microseconds" => "マイクロ秒の数値";
        a_quoted_key: "a quoted key" => "引用符付きのキー";
        a_colon: "`:`" => "`:`";
        comma_or_brace: "`,` or `}`" => "`,` か `}`";
        comma_or_bracket: "`,` or `]`" => "`,` か `]`";
        another_entry: "another entry" => "次の要素";
        a_single_value: "a single value" => "単一の値";
        a_json_value: "a JSON value" => "JSONの値";
        goes_on_after_its_end: "the document goes on after its end" => "文書の終わりの後に続きがあります";
        ends_within_a_string: "the document ends within a string" => "文書が文字列の途中で途切れています";
        unknown_escape: "an unknown escape in a string" => "文字列に未知のエスケープがあります";
        four_hex_digits: "`\\u` without four hex digits" => "`\\u` の後に4桁の16進数がありません";
        not_a_number: "`{text}` is not a number" => "`{text}` は数値ではありません";
        jaeger_errors: "Jaeger answered with errors: {errors}" => "Jaegerがエラーを返しています：{errors}";
        message_cut_off: "the message is cut off" => "メッセージが途切れています";
        long_number: "a number is longer than 10 bytes" => "10バイトを超える数値があります";
        field_number: "a field has a number that protobuf does not allow"
            => "protobufで許されない番号のフィールドがあります";
        wire_type: "a field has a type that protobuf does not have" => "protobufにない型のフィールドがあります";
        deep_groups: "groups are nested deeper than 1000" => "グループの入れ子が1000段を超えています";
        zstd_frame_damaged: "the zstd frame is damaged: {error}" => "zstdのフレームが壊れています：{error}";
        unpacks_to_too_much: "the record unpacks to more than 64 MiB" => "レコードの展開後のサイズが64 MiBを超えます";
        long_length: "the length of a record is longer than ten bytes" => "レコードの長さが10バイトを超えています";
        too_long_record: "a record claims to be {length} bytes long, and {limit} are allowed"
            => "レコードの長さが{length}バイトとなっています（上限は{limit}バイト）";
        no_protobuf: "these bytes are no protobuf" => "protobufではないバイト列です";
        no_trace_protobuf: "these bytes are no trace data in protobuf"
            => "protobufのトレースデータではないバイト列です";
        endless_record: "a record goes on for so long that the rest is not read"
            => "レコードが長すぎるため、残りは読み込みません";
        invalid_trace_id: "invalid trace id" => "不正なトレースID";
        invalid_span_id: "invalid span id" => "不正なスパンID";
        invalid_time: "invalid time" => "不正な時刻";
        malformed_span: "malformed span" => "不正な形式のスパン";
    }
}
