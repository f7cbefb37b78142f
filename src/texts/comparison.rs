//! Two windows compared on the map.
super::catalogue! {
    /// Two windows compared on the map.
    Comparison {
        comparison: "Comparison" => "比較";
        leave_the_comparison: "Leave the comparison" => "比較を終了";
        traces: "Traces" => "トレース";
        of_both_times: "of both times" => "両期間";
        whatever_version: "whatever version" => "全バージョン";
        versions_compared: "{service} {after} compared with {before}, {time}"
            => "{service}：{after} と {before} の比較、{time}";
        old_side: "Old: requests that passed {service} {version} only"
            => "旧：{service} {version} だけを通ったリクエスト";
        new_side: "New: requests that passed {service} {version}"
            => "新：{service} {version} を通ったリクエスト";
        both_sides: "Both: {time} · {length}" => "両方：{time} · {length}";
        side_time: "{name}: {time} · {length}" => "{name}：{time} · {length}";
        only_with_the_new: "New: it is there with the new version only" => "新規：新バージョンのみに存在";
        only_with_the_old: "Gone: it is there with the old version only" => "消滅：旧バージョンのみに存在";
        before: "Before" => "前";
        after: "After" => "後";
        choose_a_window_to_compare: "Nothing to compare yet: choose a window first, by dragging over the timeline."
            => "比較するものがありません：先にタイムライン上をドラッグして期間を選択してください。";
        nothing_to_compare_with: "There is nothing before this window to compare it with."
            => "この期間より前に比較できるデータがありません。";
        it_has_too_few_calls: "It has too few calls to be compared."
            => "呼び出しが少なく、比較できません。";
        clear_selection: "Clear selection" => "選択を解除";
        insufficient_data_fewer_than_30: "Insufficient data: fewer than 30 recorded calls on a side"
            => "データ不足：一方の記録された呼び出しが30件未満";
        insufficient_data_chance_or_drift: "Insufficient data: chance or drift makes such a change as well"
            => "データ不足：偶然や緩やかな変動でも起こる変化";
        unchanged_no_change_beyond_chance: "Unchanged: no change beyond chance that matters"
            => "変化なし：偶然を超える意味のある変化はない";
        new_it_is_not_there: "New: it is not there before" => "新規：以前は存在しない";
        gone_it_is_not_there: "Gone: it is not there after" => "消滅：以後は存在しない";
        worse: "Worse: {what}" => "悪化：{what}";
        better: "Better: {what}" => "改善：{what}";
        pp: " pp" => " ポイント";
        calls: "calls" => "呼び出し";
        recorded: "recorded" => "記録";
        rate: "rate" => "レート";
        errors: "errors" => "エラー率";
        before_2: "before" => "前";
        after_2: "after" => "後";
        change: "change" => "変化";
        first_second: "{name}: {before} {first}, {after} {second}, {moved}"
            => "{name}：{first} {before}、{second} {after}、{moved}";
        changes: "Changes" => "変化";
        alike: "The map marks {count} more: calls that changed just as the node they go to, and users, whose figures are those of their calls."
            => "マップはほかに{count}件を示します：呼び出し先のノードと同じように変化した呼び出しと、呼び出しの数値を持つユーザーです。";
        nothing_differs_by_more_than: "Nothing differs by more than chance." => "偶然を超える差はありません。";
        show_fewer: "Show fewer" => "表示を減らす";
        show_more: "Show {count} more" => "さらに{count}件表示";
        of_nodes_and_edges_nothing: "Of {nodes} nodes and {edges} edges nothing is claimed: they have too few calls on one side, or a change that chance makes as well."
            => "ノード{nodes}個とエッジ{edges}本は判定しません：一方の呼び出しが少なすぎるか、偶然でも起こる変化です。";
        to: " to " => "から";
        compared_with: "{after} compared with {before}" => "{after} と {before} の比較";
        leave: "{icon}  Leave" => "{icon}  終了";
        leave_show_one_window_again: "Leave: show one window again" => "終了：一つの期間の表示に戻る";
        show_one_window_again_esc: "Show one window again (Esc)" => "一つの期間の表示に戻る（Esc）";
        calls_before: "{calls} before" => "以前は{calls}";
        too_few_calls: "too few calls" => "呼び出しが不足";
        errors_2: "{moved} errors" => "エラー率 {moved}";
        to_calls_per_request: "{before} → {after} calls per request"
            => "リクエストあたりの呼び出し {before} → {after}";
        may_be_chance: "may be chance" => "偶然の可能性";
        unchanged: "unchanged" => "変化なし";
        new_failures: "new failures" => "新たな失敗";
        slower: "slower" => "低速化";
        faster: "faster" => "高速化";
        in_part: "{word} in part" => "一部で{word}";
    }
}
