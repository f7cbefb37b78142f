//! What an outage would hit, and who passes through a node.
super::catalogue! {
    /// What an outage would hit, and who passes through a node.
    Outage {
        what_if_it_fails: "What if it fails?" => "障害時の影響";
        there_is_no_answer_yet: "There is no answer yet." => "まだ結果がありません。";
        measured_in_the_incident: "Measured in the incident" => "障害での実測";
        predicted: "Predicted" => "予測";
        down: "Down" => "停止";
        hangs: "Hangs" => "応答なし";
        slow: "Slow" => "低速";
        in_part: "In part" => "一部";
        as_long_as_it_took: "as long as it took" => "所要時間の倍率";
        of_the_calls_to_it: "of the calls to it fail" => "の呼び出しが失敗";
        no_entry_operation_fails_more: "No entry operation fails more than it does anyway."
            => "失敗が通常より増える入口操作はありません。";
        of_requests_would_fail: "{share} of {service} {operation} requests would fail, {usual} fail already"
            => "{service} {operation} のリクエストの{share}が失敗する見込み（すでに失敗 {usual}）";
        of_requests_failed: "{share} of {service} {operation} requests failed, {usual} in calm times"
            => "{service} {operation} のリクエストの{share}が失敗（平常時 {usual}）";
        calls_fail_already: "{failed} of {calls} calls to it fail already ({share}): what came of those stays as it was"
            => "呼び出し{calls}件中{failed}件（{share}）はすでに失敗：その結果は記録のままです";
        it_fails_already: "it fails already: {failed} of {calls} calls ({share}), so that an outage adds only the rest"
            => "すでに失敗中：呼び出し{calls}件中{failed}件（{share}）。停止しても増えるのは残りだけです";
        who_is_hit: "Who is hit" => "影響を受けるもの";
        and_more: "And {count} more" => "他{count}件";
        what_can_be_done: "What can be done" => "対策";
        fewer_than_five_failed_calls: "~ Fewer than five failed calls were seen: it is assumed that the failure spreads."
            => "~ 失敗した呼び出しが5件未満のため、失敗が波及すると仮定しています。";
        how_long_requests_take: "How long requests take" => "リクエストの所要時間";
        of_its_requests_dont_come: "{share} of its requests don't come" => "リクエストの{share}が届かない";
        of_its_requests_are_slow: "{share} of its requests are slower than nearly all in calm times"
            => "リクエストの{share}が平常時のほぼすべてより遅い";
        degraded: "degraded: {operation}" => "劣化：{operation}";
        operations_degraded: "{count} operations degraded" => "{count}個の操作が劣化";
        falls_back_to_well: "falls back to {name} ({share} well)" => "{name} にフォールバック（成功 {share}）";
        of_its_requests_fail: "{name}, {share} of its requests fail, {severity}, {facts}"
            => "{name}、リクエストの{share}が失敗、{severity}、{facts}";
        fail: "{share} fail" => "失敗 {share}";
        share_of: "{share} of {operation}" => "{operation} の{share}";
        of_its_requests_fail_otherwise: "{name}: {share} of its requests fail ({usual} without the outage), severity {severity}\n{operations}"
            => "{name}：リクエストの{share}が失敗（停止がなければ {usual}）、深刻度 {severity}\n{operations}";
        what_it_costs: "What it costs" => "損失";
        requests_that_go_well_otherwise: "{count} requests that go well otherwise"
            => "通常は成功するリクエスト{count}件";
        not_configured: "{what}: not configured" => "{what}：未設定";
        no_span_of_these_requests: "{what}: no span of these requests has {key}"
            => "{what}：これらのリクエストのスパンに {key} がありません";
        users: "Users" => "ユーザー";
        at_least_users: "At least {count} users" => "少なくとも{count}ユーザー";
        money: "Money" => "金額";
        an_hour_in_the_unit: "{amount} an hour, in the unit of {key}" => "毎時{amount}（{key} の単位）";
        fewer_requests_succeed_at_the: "{share} fewer requests succeed at the entry that is hit most"
            => "最も影響を受ける入口で成功が{share}減少";
        attribute_of_the_user: "Attribute of the user" => "ユーザーの属性";
        attribute_of_the_amount: "Attribute of the amount" => "金額の属性";
        working_out_the_impact: "Working out the impact…" => "影響を計算中…";
        entry_points_that_pass_through: "Entry points that pass through it" => "これを通る入口";
        no_request_that_starts_a: "No request that starts a trace passes through it in this window."
            => "この期間に、これを通る起点リクエストはありません。";
        hit_when_it_fails_by: "Hit when it fails, by distance; the share of each one's requests that pass through it"
            => "障害時に影響を受けるもの（距離順）と、これを通るリクエストの割合";
        dependents: "Dependents" => "依存元";
        dependencies: "Dependencies" => "依存先";
        what_it_needs_by_distance: "What it needs, by distance" => "必要とするもの（距離順）";
        failed: "{share} failed" => "失敗 {share}";
        of_requests_pass_through_it: "{name}\n{through} of {all} requests pass through it"
            => "{name}\n{all}リクエスト中{through}件がこれを通ります";
        none_in_this_window: "None in this window." => "この期間にはありません。";
        direct: "Direct" => "直接";
        hops_away: "{distance} hops away" => "{distance}ホップ先";
    }
}
