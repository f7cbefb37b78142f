//! The help sheet and other sheets over the window.
super::catalogue! {
    /// The help sheet and other sheets over the window.
    Sheets {
        every_command_service_and_trace: "Every command, service and trace, by a few letters of its name"
            => "すべてのコマンド、サービス、トレースを名前の数文字で検索";
        close_what_is_on_top: "Close what is on top: sheet, trace, chosen requests, selection, window"
            => "手前から閉じる：シート、トレース、選んだリクエスト、選択、期間";
        back_to_where_you_were: "Back to where you were, forward again" => "前の場所に戻る、次の場所に進む";
        z_or_wheel: "Z, wheel" => "Z、ホイール";
        zoom_the_timeline: "Zoom the timeline to the window or the incident, and back; the wheel over it zooms too"
            => "タイムラインを期間またはインシデントに拡大・元に戻す。その上のホイールでも拡大";
        t_then_arrows: "T, then arrows" => "T、続けて矢印";
        walk_over_the_traces: "Walk over the traces of the selection; Enter opens one, arrows walk over its spans"
            => "選択のトレースを移動、Enterで開く、矢印でスパンを移動";
        find_and_go: "Finding and going" => "検索と移動";
        on_the_map: "The map" => "マップ";
        in_time: "Time" => "時間";
        the_window: "The window" => "ウィンドウ";
        find_on_the_map_or: "Find on the map, or filter the data" => "マップ内を検索、またはデータを絞り込む";
        in_the_box_to_the: "In the box: to the next name that was found, to the previous one"
            => "検索欄で：次の候補へ、前の候補へ";
        in_the_box_filter_the: "In the box: filter the data by the word; Tab: complete it"
            => "検索欄で：その語で絞り込む。Tab：補完";
        collapse_or_expand_the_group: "Collapse or expand the group of the selection, all groups"
            => "選択のグループ、すべてのグループを開閉";
        hide_what_is_selected: "Hide what is selected" => "選択中のものを隠す";
        focus_show_so_many_hops: "Focus: show so many hops of callers before the selection, and of calls after it"
            => "フォーカス：選択の呼び出し元と呼び出し先を、それぞれそのホップ数まで表示";
        focus_show_where_the_requests: "Focus: show where the requests of the selection go and come from"
            => "フォーカス：選択を通るリクエストの経路を表示";
        leave_the_focus: "Leave the focus" => "フォーカスを解除";
        undo_what_hides_collapses_or: "Undo what hides, collapses or filters; with Shift, or Ctrl + Y: do it again"
            => "隠す・折りたたむ・絞り込むを元に戻す。Shiftを加えるか、Ctrl + Yでやり直す";
        open_files: "Open files" => "ファイルを開く";
        show_the_whole_map: "Show the whole map" => "マップ全体を表示";
        show_or_hide_the_minimap: "Show or hide the minimap; explain every sign of the map"
            => "ミニマップの表示切替、マップの記号の説明";
        n_then_arrows: "N, then arrows" => "N、続けて矢印";
        walk_over_the_map_from: "Walk over the map from node to node; Enter selects"
            => "マップ上をノードからノードへ移動、Enterで選択";
        arrange_the_map_flow_force: "Arrange the map: flow, force, layered, rings around the selection, grid"
            => "マップの配置：流れ、力学、階層、同心円、格子";
        compare_the_window_with_as: "Compare the window (in a replay: that at the playhead) with as long before it, on the map; again: leave"
            => "期間（再生中は再生位置の期間）をその直前の同じ長さとマップで比較、もう一度で終了";
        shift_plus_drag: "Shift + drag" => "Shift + ドラッグ";
        on_the_timeline_compare_that: "On the timeline: compare that time with the window"
            => "タイムラインで：その時間を期間と比較";
        replay_the_requests_or_stop: "Replay the requests, or stop there; while live data comes in: pause it"
            => "リクエストを再生・停止、ライブ受信中は一時停止";
        replay_backwards_and_forwards_again: "Replay backwards, and forwards again"
            => "逆再生、もう一度で順再生";
        slower_faster_0_1_to: "Slower, faster: 0.1× to 1000×" => "遅く、速く：0.1×〜1000×";
        to_the_next_failed_request: "To the next failed request, to the previous one"
            => "次の失敗リクエストへ、前の失敗リクエストへ";
        to_the_next_deployment_to: "To the next deployment, to the previous one"
            => "次のデプロイへ、前のデプロイへ";
        in_a_replay_a_bar: "In a replay: a bar of the timeline back or on, to the start, to the end"
            => "再生中：タイムラインの1目盛り前後、先頭、末尾へ";
        next_control_node_or_edge: "Next control, node or edge; with Shift: the one before"
            => "次の部品、ノード、エッジへ、Shiftで前へ";
        select_what_has_the_focus: "Select what has the focus" => "フォーカスのあるものを選択";
        wheel_drag: "Wheel, drag" => "ホイール、ドラッグ";
        zoom_and_move_the_map: "Zoom and move the map: boxes speak from far away, operations close by; drag a node to pin it"
            => "マップを拡大・縮小・移動（遠くでは名前空間、近くでは操作を表示）。ノードをドラッグして固定";
        larger_text_smaller_text_the: "Larger text, smaller text, the usual size"
            => "文字を大きく、小さく、標準に";
        this_list: "This list" => "この一覧";
        both_words_in_the_name: "both words, in the name of the service or of the operation"
            => "両方の語をサービス名か操作名に含む";
        a_failed_span_a_span: "a failed span; a span without a parent" => "失敗したスパン、親のないスパン";
        or_binds_less_than_and: "OR binds less than AND, which may be left out"
            => "ORはANDより弱く、ANDは省略可";
        no_span_of_the_trace: "no span of the trace matches; NOT asks each span by itself"
            => "トレースのどのスパンも一致しない（NOTはスパンごとの否定）";
        holds_it_is_it_exactly: "holds it; = is it exactly, != is not" => "含む。= は完全一致、!= は不一致";
        longer_between_either_end_may: "longer; between, either end may be left out"
            => "より長い、範囲内（両端は省略可）";
        any_attribute_also: "any attribute; also < <= > >=" => "任意の属性。< <= > >= も可";
        a_regular_expression_for_its: "a regular expression; !~ for its opposite" => "正規表現。!~ はその否定";
        of_the_resource_alone_span: "of the resource alone; span. and event. likewise"
            => "リソースのみ。span. と event. も同様";
        an_event_of_that_name: "an event of that name" => "その名前のイベント";
        keys: "Keys" => "キー";
        what_was_lost: "What was lost" => "失われたもの";
        open_a_path: "Open a path" => "パスを開く";
        close: "Close" => "閉じる";
        filters_in_the_box_and: "Filters, in the box and in --filter" => "フィルター（検索欄と --filter）";
        nothing_every_span_that_arrived: "Nothing: every span that arrived is stored, or was a duplicate."
            => "なし：届いたスパンはすべて保存済みか重複です。";
        received: "Received" => "受信";
        stored: "Stored" => "保存";
        duplicates: "Duplicates" => "重複";
        in_store_now: "In store now" => "現在の保存数";
        cleared_by_you: "Cleared by you" => "手動で消去";
        a_file_or_a_folder: "A file or a folder." => "ファイルまたはフォルダー。";
        open_the_case: "Open the case" => "ケースを開く";
        open_in_place: "Open the case in place of what is open?" => "開いているデータと置き換えますか？";
        replacing_forgets: "Replacing forgets the spans, filter, window and notes that are open, and shows the case as it was saved. Adding puts both systems on one map, and keeps filter and window."
            => "置き換えると、開いているスパン、フィルター、期間、メモを消去し、保存時のままケースを表示します。追加すると、両方を一つのマップに表示し、フィルターと期間はそのままです。";
        replace: "Replace" => "置き換える";
        add_to_what_is_open: "Add to what is open" => "開いているものに追加";
        cancel: "Cancel" => "キャンセル";
        path: "Path" => "パス";
        open: "Open" => "開く";
        edges_upper_right: "Edges, upper right" => "右上の「エッジ」";
        what_edges_mean: "What width, colour and label of edges mean; the legend says it (also in Ctrl + K)"
        => "エッジの太さ、色、ラベルの意味を選ぶ。凡例に表示（Ctrl + K でも可）";
    }
}
