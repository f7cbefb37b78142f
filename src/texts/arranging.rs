//! Groups, hiding and focus, the search box and the command palette.
super::catalogue! {
    /// Groups, hiding and focus, the search box and the command palette.
    Arranging {
        and_among_external_hosts: " and among external hosts" => "（外部ホストを含む）";
        nodes_in: "{count} nodes in {groups} {what}{outside}" => "{what}{groups}個に{count}ノード{outside}";
        namespace: "namespace" => "名前空間";
        team: "team" => "チーム";
        environment: "environment" => "環境";
        region: "region" => "リージョン";
        by: "{groups} by {key}" => "{key}別の{groups}";
        group: "group" => "グループ";
        hidden: "Hidden: {what}" => "非表示：{what}";
        comma: ", " => "、";
        edges_below_rate: "{what} below {least}" => "{least}未満の{what}";
        edges_below_share: "{what} below {least} of their caller's calls"
            => "呼び出し元の呼び出しの{least}未満の{what}";
        by_hand: "{what} by hand" => "手動で{what}";
        out_of_focus: "{what} outside the focus" => "フォーカス外の{what}";
        from_or_to_them: "{what} from or to hidden nodes" => "非表示ノードにつながる{what}";
        nodes_in_group: "{count} nodes in {name} by hand" => "手動で{name}のノード{count}個";
        filter_leaves: "Filter: {kept} of {all} traces" => "フィルター：{all}件中{kept}件のトレース";
        let_it_go: "Let go: find its own place" => "固定を解除して自動配置";
        and_its_neighbours: "{name} and its neighbours" => "{name}とその隣";
        hops_around: "{name} with {count} hops of callers and of calls"
            => "{name}と、その呼び出し元・呼び出し先それぞれ{count}ホップ";
        where_requests_through_go: "Where requests through {name} go" => "{name}を通るリクエストの経路";
        expand_all: "Expand all" => "すべて展開";
        flow_and_layered_are_alike: "Flow and layered are the same on a map this small: columns from callers to callees."
            => "この大きさのマップでは流れと階層は同じで、呼び出し元から呼び出し先への列になります。";
        leave_focus: "Leave focus" => "フォーカス解除";
        undo: "Undo" => "元に戻す";
        redo: "Redo" => "やり直す";
        and_inside_each_by: "and inside each by" => "さらにその中を";
        inside_each_by: "Inside each by {key}" => "その中を{key}別に";
        hide_edges_with_a_smaller: "Hide edges with a smaller share of their caller's calls"
            => "呼び出し元の呼び出しに占める割合がこれより小さいエッジを隠す";
        least_share_of_its: "Least share of its caller's calls, in percent"
            => "呼び出し元の呼び出しに占める割合の下限（%）";
        show_all: "Show all" => "すべて表示";
        groups: "{icon}  Groups" => "{icon}  グループ";
        groups_and_quiet_edges: "Groups and quiet edges" => "グループと静かなエッジ";
        group_by: "Group by" => "グループ化の基準";
        nothing: "nothing" => "なし";
        collapse_all_groups: "Collapse all groups" => "すべてのグループを折りたたむ";
        expand_all_groups: "Expand all groups" => "すべてのグループを展開";
        hide_edges_with_fewer_calls: "Hide edges with fewer calls a minute than"
            => "毎分の呼び出しがこれより少ないエッジを隠す";
        least_calls_a_minute_of: "Least calls a minute of an edge" => "エッジの毎分呼び出し数の下限";
        these_calls: "These calls" => "これらの呼び出し";
        select: "Select" => "選択";
        expand: "Expand" => "展開";
        collapse: "Collapse {name}" => "{name}を折りたたむ";
        hide: "Hide" => "隠す";
        show_it_and_its_neighbours: "Show it and its neighbours" => "これと隣だけを表示";
        show_2_hops_around: "Show 2 hops of callers and of calls" => "呼び出し元と呼び出し先を2ホップまで表示";
        show_3_hops_around: "Show 3 hops of callers and of calls" => "呼び出し元と呼び出し先を3ホップまで表示";
        show_where_its_requests_go: "Show where its requests go" => "これを通るリクエストの経路を表示";
        attributes_hint: "or: cloud.region, team" => "または：cloud.region, team";
        group_by_attributes: "Group by these attributes, with commas between"
            => "これらの属性でグループ化（コンマ区切り）";
        a_part_is_empty: "Between commas, before and after them stands an attribute."
            => "コンマの前後にはそれぞれ属性が必要です。";
        no_service_has: "No service has the attribute {key}." => "属性{key}を持つサービスはありません。";
        from_outside_of_all: "{outside} come in from outside; its members serve {all} in all"
            => "外部からの呼び出し{outside}、メンバーが処理した合計{all}";
        between_its_members: "{calls} between its members" => "メンバー間で{calls}";
        show_its_members_on_the: "Show its members on the map (G, or double click)"
            => "メンバーをマップに表示（Gまたはダブルクリック）";
        members: "Members" => "メンバー";
        called_by: "Called by" => "呼び出し元";
        calls: "Calls" => "呼び出し先";
        group_of_by: "group of {count} by {key}" => "{key}別の{count}個のグループ";
        and_more: "and {count} more" => "他{count}件";
        sum_of_edges: "sum of {edges} · {calls}" => "{edges}の合計 · {calls}";
        edges: "Edges" => "エッジ";
        find_a_service_or_filter: "{icon}  Find a service, or filter: service:cart AND dur>200ms"
            => "{icon}  サービスを検索、またはフィルター：service:cart AND dur>200ms";
        filter: "Filter" => "フィルター";
        still_filtered_by: "Until then the map shows: {filter}" => "それまでのマップの表示：{filter}";
        not_filtered_meanwhile: "Until then nothing is filtered." => "それまでは絞り込まれません。";
        of: "{at} of {all}" => "{at} / {all}";
        on_the_map: "{all} on the map" => "マップ上に{all}件";
        find: "Find {name}" => "{name}を探す";
        find_hidden: "{name} is hidden: show it and find it" => "{name}は非表示です：表示して探す";
        find_inside: "Find {name}, in the group {group}" => "グループ{group}内の{name}を探す";
        find_group: "Find the group {name}" => "グループ{name}を探す";
        filter_the_data_by: "Filter the data by “{text}”" => "データを「{text}」で絞り込む";
        clear_filter: "Clear filter" => "フィルターを解除";
        trace: "trace" => "トレース";
        traces: "traces" => "トレース";
        character: "{sentence} (character {character})" => "{sentence}（{character}文字目）";
        a_command_a_service_a: "{icon}  A command, a service, a trace"
            => "{icon}  コマンド、サービス、トレース";
        find_a_command_a_service: "Find a command, a service or a trace"
            => "コマンド、サービス、トレースを検索";
        nothing_is_called_so_to: "Nothing is called so. To search spans, use the filter (Ctrl F)."
            => "該当なし。スパンの検索にはフィルター（Ctrl F）を使ってください。";
        command: "command" => "コマンド";
        on_the_map_2: "on the map" => "マップ上";
        namespaces: "namespaces" => "名前空間";
        teams: "teams" => "チーム";
        environments: "environments" => "環境";
        regions: "regions" => "リージョン";
        many_groups: "groups" => "グループ";
        one_node: "1 node" => "ノード1個";
        nodes: "{count} nodes" => "ノード{count}個";
        one_edge: "1 edge" => "エッジ1本";
        edges_hidden: "{count} edges" => "エッジ{count}本";
        close_group: "Close group {name}" => "グループ{name}を閉じる";
        it_belongs_to_no_group: "What is selected belongs to no group."
            => "選択中の項目はどのグループにも属していません。";
        select_first_to_group: "G closes or opens the group of what is selected: click a node first. Shift+G does it with all groups."
            => "Gは選択中の項目のグループを開閉します。先にノードをクリックしてください。Shift+Gはすべてのグループを開閉します。";
        select_first_to_hide: "H hides what is selected: click a node or an edge first."
            => "Hは選択中の項目を隠します。先にノードかエッジをクリックしてください。";
        select_first_to_focus: "Alt+1 to Alt+4 focus on what is selected: click a node or an edge first."
            => "Alt+1〜Alt+4は選択中の項目に絞ります。先にノードかエッジをクリックしてください。";
        a_group_of_one: "{name} has one node, which stands for itself: there is nothing to close."
            => "{name}のノードは1個で、そのまま表示されます。閉じるものはありません。";
        is_hidden: "{name} is hidden." => "{name}は非表示です。";
        is_open_on_the_map: "{name} is open: the map shows its members in its box."
            => "{name}は開いています。マップでは枠の中にメンバーが表示されます。";
        groups_words: "  Groups" => "  グループ";
    }
}
