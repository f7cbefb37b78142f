//! What receivers say of ports and of requests that they refuse.
super::catalogue! {
    /// What receivers say of ports and of requests that they refuse; clients get these in English.
    Receiving {
        port_in_use: "port {port} on {ip} is in use by another program (maybe a Collector): stop it or use {option}"
            => "{ip} のポート{port}は別のプログラム（Collectorなど）が使用中です。それを止めるか {option} で変更してください";
        port_not_permitted: "port {port} on {ip} may not be opened by this user: choose one above 1023 with {option}"
            => "{ip} のポート{port}を開く権限がありません。{option} で1024以上のポートを指定してください";
        not_this_machine: "{ip} is not an address of this machine: choose another with {option}"
            => "{ip} はこのマシンのアドレスではありません。{option} で別のアドレスを指定してください";
        port_cannot_be_opened: "port {port} on {ip} cannot be opened ({error}): choose another with {option}"
            => "{ip} のポート{port}を開けません（{error}）。{option} で別のポートを指定してください";
        no_address: "there is no address to listen on" => "待ち受けるアドレスがありません";
        threads_cannot_start: "the receiver's threads cannot start: {error}"
            => "受信用のスレッドを開始できません：{error}";
        request_refused: "a request of {client} was refused: {why}" => "{client} のリクエストを拒否しました：{why}";
        a_client: "a client" => "クライアント";
        grpc_on_http_port: "a client is sending OTLP/gRPC to the HTTP port: it is taken all the same"
            => "クライアントがHTTP用のポートにOTLP/gRPCを送信しています（そのまま受信します）";
        http_on_grpc_port: "a client is sending OTLP/HTTP to the gRPC port: it is taken all the same"
            => "クライアントがgRPC用のポートにOTLP/HTTPを送信しています（そのまま受信します）";
        posts_to_root: "a client posts to / instead of /v1/traces: its endpoint lacks the path, it is taken as traces"
            => "クライアントが /v1/traces ではなく / に送信しています。エンドポイントにパスがないため、トレースとして受信します";
        posts_below_a_base: "a client posts below an extra base path: its endpoint holds a path too many"
            => "クライアントの送信先に余分なパスがあります。エンドポイントの設定を確認してください";
        too_many_bytes: "too many bytes are in flight: try again" => "処理中のデータが多すぎます。再試行してください";
        decoder_failed: "the decoder failed: please report this" => "デコーダーで障害が発生しました。ご報告ください";
        too_fast: "spans arrive faster than they can be stored: try again"
            => "スパンの到着に保存が追いつきません。再試行してください";
        is_stopping: "the receiver is stopping" => "受信を終了しています";
        did_not_arrive: "the body did not arrive within {seconds} s" => "本文が{seconds}秒以内に届きませんでした";
        broke_off: "the body broke off: {error}" => "本文が途切れました：{error}";
        too_big: "the message is larger than the limit of {limit} bytes" => "メッセージが上限の{limit}バイトを超えています";
        inflates_to_too_much: "the message inflates to more than the limit of {limit} bytes"
            => "メッセージの展開後のサイズが上限の{limit}バイトを超えます";
        not_valid: "the body is not valid {name}: {error}" => "本文を{name}として展開できません：{error}";
        needs_http_2: "gRPC needs HTTP/2 and POST" => "gRPCにはHTTP/2とPOSTが必要です";
        unknown_compression: "the compression {name} is not known here: use one of {known}"
            => "圧縮方式 {name} には対応していません。{known} のいずれかを使ってください";
        no_grpc_method: "there is no gRPC method {path} here" => "gRPCのメソッド {path} はありません";
        no_message: "the request has no message" => "リクエストにメッセージがありません";
        shorter_than_its_frame: "the message is shorter than its frame says" => "メッセージがフレームの長さより短くなっています";
        more_than_one_message: "the request has more than one message" => "リクエストに複数のメッセージがあります";
        no_grpc_encoding: "the message is marked as compressed but no grpc-encoding is given"
            => "メッセージは圧縮とされていますが、grpc-encodingが指定されていません";
        bad_flag: "the frame's compression flag is neither 0 nor 1" => "フレームの圧縮フラグが0でも1でもありません";
        wrong_method: "{method} is not taken here: traces are sent with POST"
            => "{method} は受け付けません。トレースはPOSTで送信してください";
        unknown_content: "the content type must be application/x-protobuf or application/json"
            => "Content-Typeは application/x-protobuf か application/json にしてください";
        unknown_path: "nothing is taken at {path}: traces go to /v1/traces"
            => "{path} では受信しません。トレースは /v1/traces に送信してください";
        unknown_encoding: "the content encoding {name} is not known here: use one of {known}"
            => "Content-Encoding {name} には対応していません。{known} のいずれかを使ってください";
        foreign_host: "the host name {host} is not this machine: use localhost or 127.0.0.1"
            => "ホスト名 {host} はこのマシンではありません。localhost か 127.0.0.1 を使ってください";
        foreign_page: "pages of {origin} may not send here: allow the origin first"
            => "{origin} のページからは送信できません。先にこのオリジンを許可してください";
    }
}
