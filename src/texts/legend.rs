//! The legend of the map.
super::catalogue! {
    /// The legend of the map.
    Legend {
        larger_more_requests_per_minute: "Larger: more requests per minute" => "大きいほどリクエストが多い";
        ring_as_it_should_be: "Ring: as it should be" => "リング：正常";
        worth_a_look: "Worth a look" => "要確認";
        failing: "Failing" => "障害";
        too_few_calls_to_judge: "Too few calls to judge" => "呼び出しが少なく判定不可";
        dashed_ring_sends_no_spans: "Dashed ring: sends no spans itself"
            => "破線リング：自身はスパンを送らない";
        requests_that_fail_slow_where: "Requests that fail; “slow” where none do"
            => "失敗の割合（失敗がなければ「低速」）";
        calls_itself: "Calls itself" => "自分を呼び出す";
        box_a_namespace: "Box: a namespace" => "枠：名前空間";
        from_caller_to_callee_wider: "From caller to callee; wider: more calls"
            => "呼び出し元から先へ。太いほど多い";
        more_calls_fail_than_usual: "More calls fail than usual, or slower"
            => "失敗が普段より多い、または遅い";
        calls_fail: "Calls fail" => "呼び出しが失敗";
        dashed_no_calls_in_this: "Dashed: no calls in this window" => "破線：この期間に呼び出しなし";
        what_is_selected: "What is selected" => "選択中のもの";
        calls_the_selected_node: "Calls the selected node" => "選択中のノードの呼び出し元";
        is_called_by_it_paler: "Is called by it, paler with each hop" => "その呼び出し先（遠いほど薄い）";
        alert: "Alert" => "アラート";
        alert_a_warning_only: "Alert, a warning only" => "アラート（警告のみ）";
        deployed_in_this_window: "Deployed in this window" => "この期間にデプロイ";
        runs_out_first_as_traffic: "Runs out first as traffic grows" => "トラフィック増で最初に飽和";
        order_in_which_an_incident: "Order in which an incident spread" => "障害が広がった順序";
        stays_where_you_put_it: "Stays where you put it" => "置いた場所に固定";
        nodes: "Nodes" => "ノード";
        lines: "Lines" => "線";
        marks: "Marks" => "印";
        service: "Service" => "サービス";
        database: "Database" => "データベース";
        cache: "Cache" => "キャッシュ";
        queue: "Queue" => "キュー";
        external_belongs_to_somebody_else: "External: belongs to somebody else" => "外部：他者のシステム";
        user_or_whatever_calls_from: "User, or whatever calls from outside"
            => "ユーザー、または外からの呼び出し元";
        nothing_tells_what_it_is: "Nothing tells what it is" => "種類がわからないもの";
        group_several_nodes_as_one: "Group: several nodes as one" => "グループ：複数のノードを一つに";
        ring_of_a_group: "Ring of a group: how many members fail, or are worth a look" => "グループの輪：異常や要注意のメンバーの割合";
    }
}
