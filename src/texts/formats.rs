//! What files are that hold no traces, and formats that are not read.
super::catalogue! {
    /// What files are that hold no traces, for "it looks like …", and formats that are not read.
    Formats {
        png: "a PNG picture" => "PNG画像";
        jpeg: "a JPEG picture" => "JPEG画像";
        gif: "a GIF picture" => "GIF画像";
        riff: "a picture, sound or film (RIFF)" => "画像・音声・動画（RIFF）";
        pdf: "a PDF document" => "PDF文書";
        elf: "a program (ELF)" => "プログラム（ELF）";
        windows_program: "a Windows program" => "Windowsのプログラム";
        macos_program: "a macOS program" => "macOSのプログラム";
        java_class: "a program (Java class or macOS)" => "プログラム（JavaクラスまたはmacOS）";
        webassembly: "a WebAssembly program" => "WebAssemblyのプログラム";
        zip: "a zip archive: unpack it first" => "zipアーカイブ（先に展開してください）";
        empty_zip: "an empty zip archive" => "空のzipアーカイブ";
        seven_zip: "a 7-Zip archive: unpack it first" => "7-Zipアーカイブ（先に展開してください）";
        rar: "a RAR archive: unpack it first" => "RARアーカイブ（先に展開してください）";
        tar: "a tar archive: unpack it first" => "tarアーカイブ（先に展開してください）";
        xz: "xz data: unpack it first" => "xzデータ（先に展開してください）";
        bzip2: "bzip2 data: unpack it first" => "bzip2データ（先に展開してください）";
        lz4: "lz4 data: unpack it first" => "lz4データ（先に展開してください）";
        snappy: "snappy data: unpack it first" => "snappyデータ（先に展開してください）";
        sqlite: "an SQLite database" => "SQLiteデータベース";
        parquet: "a Parquet table" => "Parquetの表";
        page: "an HTML or XML page" => "HTMLまたはXML";
        utf_16: "UTF-16 text: save it as UTF-8" => "UTF-16のテキスト（UTF-8で保存してください）";
        packed_twice: "data that is packed twice: unpack it once" => "二重に圧縮されたデータ（一度展開してください）";
        plain_text: "plain text" => "ただのテキスト";
        unknown_binary: "binary data of an unknown kind" => "種類の分からないバイナリデータ";
        keys: "not a trace document: top-level keys are {keys}{more}"
            => "トレースの文書ではありません：最上位のキーは {keys}{more}";
        more_keys: " and {count} more" => " 他{count}件";
        neither_object_nor_list: "not a trace document: it is neither an object nor a list"
            => "トレースの文書ではありません：オブジェクトでもリストでもありません";
        single_values: "not a trace document: it is a list of single values"
            => "トレースの文書ではありません：単一の値のリストです";
        jaeger_in_elasticsearch: "this is a Jaeger span as Elasticsearch stores it, which is not read yet: download the trace as JSON from Jaeger's UI instead"
            => "Elasticsearchに保存された形のJaegerスパンで、まだ読み込めません。代わりにJaegerのUIからトレースをJSONでダウンロードしてください";
        bare_jaeger_spans: "this is a list of bare Jaeger spans, as jaeger-anonymizer writes it, which is not read yet: download the trace as JSON from Jaeger's UI instead"
            => "jaeger-anonymizerが書き出す形のJaegerスパンのリストで、まだ読み込めません。代わりにJaegerのUIからトレースをJSONでダウンロードしてください";
        tempo: "this is Tempo's JSON, which is not read yet: ask Tempo for the trace with the header `Accept: application/protobuf` and open that"
            => "TempoのJSONで、まだ読み込めません。ヘッダー `Accept: application/protobuf` を付けてTempoからトレースを取得し、それを開いてください";
        chrome: "this is a Chrome trace, which shows one program's threads and no calls between services"
            => "Chromeのトレースです。一つのプログラムのスレッドを示すもので、サービス間の呼び出しは含みません";
    }
}
