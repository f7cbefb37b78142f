//! The waterfall of a trace and the details of a span.
super::catalogue! {
    /// The waterfall of a trace and the details of a span.
    Waterfall {
        no_time: "no time" => "時間なし";
        this_span_is_no_longer: "This span is no longer stored" => "このスパンは保存されていません";
        close_details: "Close details" => "詳細を閉じる";
        duration: "Duration" => "所要時間";
        self_time: "Self time" => "自身の時間";
        start: "Start" => "開始";
        length: "Length" => "長さ";
        as_sent_it_ends_before: "{length} as sent: it ends before it starts"
            => "送信値は{length}：開始より前に終了";
        kind: "Kind" => "種別";
        received_in_versions_this_is: "Received in {count} versions; this is the one that ends last, with all attributes"
            => "{count}個の版を受信。これは最後に終了した版で、全属性を含みます";
        status: "Status" => "ステータス";
        outcome: "Outcome" => "結果";
        message: "Message" => "メッセージ";
        attributes: "Attributes ({count})" => "属性（{count}）";
        attribute: "attribute" => "属性";
        event: "event" => "イベント";
        link: "link" => "リンク";
        the_sdk_dropped: "The SDK dropped {count} {what}"
            => "SDKが{what}{count}件を破棄しました";
        events: "Events ({count})" => "イベント（{count}）";
        attribute_of_this_event: "attribute of this event" => "このイベントの属性";
        links: "Links ({count})" => "リンク（{count}）";
        trace_span: "{icon} trace {trace} span {span}" => "{icon} トレース {trace} スパン {span}";
        open_trace: "Open trace {trace}" => "トレース {trace} を開く";
        trace_state: "Trace state" => "トレース状態";
        show_all: "Show all {count}" => "{count}件すべて表示";
        resource: "Resource ({count})" => "リソース（{count}）";
        attribute_of_the_resource: "attribute of the resource" => "リソースの属性";
        scope: "Scope" => "スコープ";
        library: "Library" => "ライブラリ";
        identity: "Identity" => "識別情報";
        span: "Span" => "スパン";
        parent: "Parent" => "親";
        flags: "Flags" => "フラグ";
        sampled: "sampled" => "サンプリング済み";
        parent_is_remote: "parent is remote" => "親はリモート";
        parent_is_local: "parent is local" => "親はローカル";
        empty: "(empty)" => "（空）";
        click_to_copy: "{hint}click to copy" => "{hint}クリックでコピー";
        show_whole: "Show all ({size})" => "すべて表示（{size}）";
        cut_here_copy_it_to: "Cut here; copy it to get all {size}"
            => "ここで省略。コピーすると全{size}を取得できます";
        of_its_children_were_received: "{count} of its children were received, it was not"
            => "子{count}件は受信しましたが、これ自身は未受信です";
        from_on_of_its_own: "{length} from {start} on, {own} of its own"
            => "{start}から{length}、うち自身の時間{own}";
        on_the_critical_path: "{length} on the critical path" => "クリティカルパス上に{length}";
        the_error_began_here: "The error began here" => "エラーはここで発生";
        failed_because_something_it_called: "Failed because something it called failed"
            => "呼び出し先の失敗により失敗";
        something_it_called_failed_and: "Something it called failed, and it did not"
            => "呼び出し先は失敗したが、これは失敗していない";
        its_caller_did_not_wait: "Its caller did not wait for it" => "呼び出し元は完了を待っていない";
        it_was_sent_without_a: "It was sent without a start or an end" => "開始または終了なしで送信された";
        its_parent_was_not_received: "Its parent was not received" => "親スパンが未受信";
        its_parents_form_a_circle: "Its parents form a circle, which was cut here"
            => "親が循環しているため、ここで切断";
        it_names_itself_as_its: "It names itself as its parent" => "自分自身を親としている";
        client_and_server_share_one: "Client and server share one span id"
            => "クライアントとサーバーが同じスパンIDを共有";
        worked_on_for_after_its: "Worked on for {length} after its caller gave up"
            => "呼び出し元の打ち切り後も{length}処理を継続";
        clock_corrected_by: "Clock corrected by {skew}" => "時計を{skew}補正";
        clock_seems_off_too_much: "Clock seems {skew} off, too much to correct"
            => "時計が{skew}ずれている模様（大きすぎて補正不可）";
        close_trace: "Close trace" => "トレースを閉じる";
        show_the_map_above: "Show the map above" => "上にマップを表示";
        use_the_full_height: "Use the full height" => "全高で表示";
        show_all_of_the_time: "Show all of the time" => "全時間を表示";
        show_all_rows: "Show all rows" => "すべての行を表示";
        this_trace_is_no_longer: "This trace is no longer stored" => "このトレースは保存されていません";
        copy_trace_id: "Copy trace id" => "トレースIDをコピー";
        trace_click_to_copy: "Trace {trace}\nClick to copy" => "トレース {trace}\nクリックでコピー";
        service_and_operation: "Service and operation" => "サービスと操作";
        missing_span: "missing span {span}" => "未受信のスパン {span}";
        not_received: "not received" => "未受信";
        async_: "async" => "非同期";
        clock: "clock {sign}{skew}" => "時計 {sign}{skew}";
        error_begins_here: ", error begins here" => "、エラーの発生元";
        error: ", error" => "、エラー";
        handled_an_error: ", handled an error" => "、エラーを処理済み";
        spans_hidden: ", {count} spans hidden" => "、{count}スパンを非表示";
        many_attributes: "attributes" => "属性";
        many_events: "events" => "イベント";
        many_links: "links" => "リンク";
        attributes_of_this_event: "attributes of this event" => "このイベントの属性";
        attributes_of_the_resource: "attributes of the resource" => "リソースの属性";
        one_error: "{count} error" => "エラー{count}件";
        errors: "{count} errors" => "エラー{count}件";
        one_span: "{count} span" => "スパン{count}";
        spans: "{count} spans" => "スパン{count}";
        one_service: "{count} service" => "サービス{count}";
        services: "{count} services" => "サービス{count}";
        parent_missing: "{count} parent missing" => "親{count}件が未受信";
        parents_missing: "{count} parents missing" => "親{count}件が未受信";
    }
}
