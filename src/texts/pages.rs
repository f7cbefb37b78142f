//! Headings, tables and sentences of whole answers, as Markdown.
super::catalogue! {
    /// Headings, tables and sentences of whole answers, as Markdown.
    Pages {
        stop: "." => "。";
        none: "none" => "なし";
        traces: "Traces: {traces}" => "トレース：{traces}";
        and_more: "… and {count} more" => "… 他{count}件";
        from_to: "From {from} to {to}" => "{from}から{to}";
        cost_users: "At least {users} users" => "少なくとも{users}人のユーザー";
        cost_amount: "{amount} an hour, in the unit of the attribute" => "1時間あたり{amount}（属性の単位）";

        review: "# Incident review" => "# 障害レビュー";
        review_findings: "## Findings" => "## 検出結果";
        nothing_stands_out: "Nothing stands out." => "目立つものはありません。";
        review_confidence: ", {level} confidence" => "、確度 {level}";
        review_trace: " (trace `{trace}`)" => "（トレース `{trace}`）";

        no_incident: "No incident was found." => "障害は見つかりませんでした。";
        requests_were_bad: "From {from} to {to} ({length}), {bad} of {all} requests were bad ({share})."
            => "{from}から{to}（{length}）、リクエスト{all}件中{bad}件が不良（{share}）。";
        requests_were_bad_calm: "From {from} to {to} ({length}), {bad} of {all} requests were bad ({share}; {calm} in calm times)."
            => "{from}から{to}（{length}）、リクエスト{all}件中{bad}件が不良（{share}、平常時 {calm}）。";
        most_likely: " The cause is most likely {who} ({level} confidence)."
            => "原因は{who}の可能性が最も高い（確度 {level}）。";
        most_likely_way: " The cause is most likely the way between {who} ({level} confidence)."
            => "原因は{who}の間の経路の可能性が最も高い（確度 {level}）。";
        failed_requests: "failed requests" => "失敗したリクエスト";
        calls_out_of_time: "calls out of time" => "タイムアウトした呼び出し";
        slow_requests: "slow requests" => "遅いリクエスト";
        requests_that_did_not_come: "requests that did not come" => "来なかったリクエスト";
        incident: "# Incident" => "# 障害";
        held_against: "Held against the calm time from {from} to {to}."
            => "平常時 {from}〜{to} と比較。";
        first_sign: "\nThe first sign came before more requests than usual were bad: {what} of {name}, from {time}.\n"
            => "\n不良リクエストが増える前に最初の兆候がありました：{time}から {name} の{what}。\n";
        who_was_hit: "\n## Who was hit\n\n| entry | operation | requests | bad | in calm times |\n|---|---|---:|---:|---:|\n"
            => "\n## 影響を受けた入口\n\n| 入口 | 操作 | リクエスト | 不良 | 平常時 |\n|---|---|---:|---:|---:|\n";
        root_cause: "\n## Root cause\n" => "\n## 根本原因\n";
        confidence_and_severity: "{confidence} confidence, {severity}" => "確度 {confidence}、重大度 {severity}";
        cause_traces: "traces: {traces}" => "トレース：{traces}";
        confidence_terms: "confidence {score}: amount {amount} × (0.45 × share {share} + 0.15 × lead {lead} + 0.15 × first {first} + 0.15 × second opinion {agreement} + 0.10 × change {change})"
            => "確度 {score}：データ量 {amount} ×（0.45 × 割合 {share} + 0.15 × 差 {lead} + 0.15 × 最初 {first} + 0.15 × 別の判定 {agreement} + 0.10 × 変更 {change}）";
        timeline: "\n## Timeline\n\n| onset | node | what | spans | until |\n|---|---|---|---:|---|\n"
            => "\n## 時系列\n\n| 開始 | ノード | 内容 | スパン | 終了 |\n|---|---|---|---:|---|\n";
        cost_not_configured: "\nUsers and money: not configured (name attributes with --user-key and --amount-key).\n"
            => "\nユーザーと金額：未設定（--user-key と --amount-key で属性を指定）。\n";
        what_it_cost: "\n## What it cost\n\n- {requests} requests that go well in calm times.\n"
            => "\n## 損失\n\n- 平常時なら成功するリクエスト{requests}件。\n";
        propagation: "\n## Propagation\n\n| wave | node | after | how | share of its requests | severity |\n|---:|---|---|---|---:|---|\n"
            => "\n## 波及\n\n| 波 | ノード | 時差 | 経路 | リクエストの割合 | 重大度 |\n|---:|---|---|---|---:|---|\n";
        start: "start" => "起点";
        still_going_on: "It was still going on at the end of the data." => "データの終わりの時点で継続中。";
        calm_again: "Everything that it reached was calm again {length} after the onset."
            => "波及先のすべてが、開始から{length}後に平常に戻りました。";

        health: "# Health" => "# 健全性";
        no_calls: "There are no calls in the window: nothing can be judged."
            => "この期間に呼び出しがなく、判定できません。";
        too_few_calls: "Nothing can be judged: there are too few calls."
            => "呼び出しが少なすぎて判定できません。";
        nothing_above: "Nothing is above its thresholds." => "しきい値を超えるものはありません。";
        mark_critical: "✖ critical" => "✖ 重大";
        mark_warning: "▲ warning" => "▲ 警告";
        alerts: "## Alerts" => "## アラート";
        objectives: "\n## Objectives\n\n| node | objective | good | burn rates |\n|---|---|---:|---|\n"
            => "\n## 目標\n\n| ノード | 目標 | 達成率 | バーンレート |\n|---|---|---:|---|\n";
        burn_needs: "{window}: needs {length}" => "{window}：{length}のデータが必要";
        burn_rates: "{window}: {long} and {short}" => "{window}：{long}、{short}";
        trends: "## Trends" => "## トレンド";
        trend_rising: "{name}: median response time rising {share} % an hour (p = {p}, {blocks} blocks of 10 min)"
            => "{name}：応答時間の中央値が毎時{share}%上昇（p = {p}、10分間隔{blocks}個）";
        trend_falling: "{name}: median response time falling {share} % an hour (p = {p}, {blocks} blocks of 10 min)"
            => "{name}：応答時間の中央値が毎時{share}%低下（p = {p}、10分間隔{blocks}個）";
        externals: "\n## External services\n\n| node | available | throttled | issues |\n|---|---:|---:|---|\n"
            => "\n## 外部サービス\n\n| ノード | 可用性 | スロットリング | 問題 |\n|---|---:|---:|---|\n";
        high_latency: "high latency" => "高レイテンシ";
        elevated_errors: "elevated errors" => "エラー増加";
        throttling: "throttling" => "スロットリング";
        intermittent: "intermittent" => "断続的";
        timeouts: "timeouts" => "タイムアウト";
        databases: "\n## Databases\n\n| node | avg | p95 | over 500 ms | pool |\n|---|---:|---:|---:|---:|\n"
            => "\n## データベース\n\n| ノード | 平均 | p95 | 500 ms超 | プール |\n|---|---:|---:|---:|---:|\n";
        in_use: "\n## In use\n\n| node | CPU | memory | pool |\n|---|---:|---:|---:|\n"
            => "\n## 使用率\n\n| ノード | CPU | メモリ | プール |\n|---|---:|---:|---:|\n";
        host: " (host)" => "（ホスト）";

        advice: "# Advice" => "# 助言";
        findings_in_traces: "{findings} in {traces} ({requests}, {failed} failed)."
            => "{traces}から{findings}（{requests}、失敗{failed}件）。";
        one_finding: "1 finding" => "検出1件";
        findings: "{n} findings" => "検出{n}件";
        one_trace: "1 trace" => "トレース1件";
        traces_counted: "{n} traces" => "トレース{n}件";
        one_request: "1 request" => "リクエスト1件";
        requests_counted: "{n} requests" => "リクエスト{n}件";
        nothing_worth_improving: "Nothing was found that is worth improving."
            => "改善に値するものは見つかりませんでした。";
        phase_1: "Phase 1: quick wins" => "フェーズ1：すぐに効果が出るもの";
        phase_2: "Phase 2: next" => "フェーズ2：次に";
        phase_3: "Phase 3: later" => "フェーズ3：後で";
        backlog: "Backlog: little work, little gained" => "保留：手間も効果も小さい";
        advice_table: "| what | where | saves per request | requests | work | severity | priority |\n|---|---|---:|---:|---|---|---:|\n"
            => "| 内容 | 対象 | リクエストあたりの短縮 | リクエスト | 手間 | 重大度 | 優先度 |\n|---|---|---:|---:|---|---|---:|\n";
        traces_and_spans: "Traces: {traces}; spans: {spans}" => "トレース：{traces}、スパン：{spans}";

        capacity: "# Capacity: {scenario}" => "# キャパシティ：{scenario}";
        first_is_not_known: "What saturates first is not known." => "最初に飽和するものは不明です。";
        saturates_first: "**{name}** saturates first ({why})" => "**{name}** が最初に飽和（{why}）";
        is_nearest: "**{name}** is nearest to its limit, within it ({why})"
            => "**{name}** が上限内で最も上限に近い（{why}）";
        capacity_requests: "\n## Requests\n\n| service | operation | per min | times | per min, scenario |\n|---|---|---:|---:|---:|\n"
            => "\n## リクエスト\n\n| サービス | 操作 | 毎分 | 倍率 | シナリオの毎分 |\n|---|---|---:|---:|---:|\n";
        capacity_nodes: "\n## Nodes\n\n" => "\n## ノード\n\n";
        capacity_node: "node" => "ノード";
        capacity_visits: "visits per min" => "毎分の処理";
        capacity_in_flight: "in flight" => "処理中";
        capacity_response: "response" => "応答";
        capacity_used: "used" => "使用率";
        capacity_times: "times (model)" => "倍率（モデル）";
        capacity_response_then: "response (model)" => "応答（モデル）";
        capacity_used_then: "used (model)" => "使用率（モデル）";
        capacity_headroom: "headroom (model)" => "余裕（モデル）";
        capacity_instances: "instances (model)" => "インスタンス（モデル）";
        share_of_resource: "{share} of {resource}" => "{resource}の{share}";
        capacity_faster: "\n## Faster (replayed)\n\n| service | operation | requests | p50 | p95 | p99 |\n|---|---|---:|---:|---:|---:|\n"
            => "\n## 高速化（再生による）\n\n| サービス | 操作 | リクエスト | p50 | p95 | p99 |\n|---|---|---:|---:|---:|---:|\n";
        saturates: "saturates" => "飽和";

        outage_of: "# Impact of an outage of {name}" => "# {name} の停止の影響";
        what_happens: "What happens {mode}: {severity}." => "{mode}の影響：{severity}。";
        dependents: "\n## Dependents\n\n| node | hops | its requests that fail | that don't come any more | severity | operations |\n|---|---:|---:|---:|---|---|\n"
            => "\n## 依存元\n\n| ノード | ホップ | 失敗するリクエスト | 来なくなるリクエスト | 重大度 | 操作 |\n|---|---:|---:|---:|---|---|\n";
        what_happens_on_top: "What happens {mode}: {severity} on top of what fails already." => "{mode}の影響：すでに失敗している分に加えて{severity}。";
        entry_points_predicted: "\n## Entry points\n\n| service | operation | requests | through | share | fail already | would fail |\n|---|---|---:|---:|---:|---:|---:|\n"
            => "\n## 入口\n\n| サービス | 操作 | リクエスト | 経由 | 割合 | すでに失敗 | 失敗の見込み |\n|---|---|---:|---:|---:|---:|---:|\n";
        entry_points_measured: "\n## Entry points\n\n| service | operation | requests | through | share | fail in calm times | failed |\n|---|---|---:|---:|---:|---:|---:|\n"
            => "\n## 入口\n\n| サービス | 操作 | リクエスト | 経由 | 割合 | 平常時の失敗 | 失敗 |\n|---|---|---:|---:|---:|---:|---:|\n";
        dependents_measured: "\n## Dependents\n\n| node | hops | its requests that fail | that are slow | that don't come any more | severity of failures | operations |\n|---|---:|---:|---:|---:|---|---|\n"
            => "\n## 依存元\n\n| ノード | ホップ | 失敗したリクエスト | 遅いリクエスト | 来なくなったリクエスト | 失敗の重大度 | 操作 |\n|---|---:|---:|---:|---:|---|---|\n";
        what_can_be_done: "\n## What can be done\n\n" => "\n## 対策\n\n";
        dependencies: "\n## Dependencies\n\n| node | hops |\n|---|---:|\n"
            => "\n## 依存先\n\n| ノード | ホップ |\n|---|---:|\n";
        how_long_requests_take: "\n## How long requests take\n\n| service | operation | requests | p50 | then | p95 | then |\n|---|---|---:|---:|---:|---:|---:|\n"
            => "\n## リクエストの所要時間\n\n| サービス | 操作 | リクエスト | p50 | 停止時 | p95 | 停止時 |\n|---|---|---:|---:|---:|---:|---:|\n";
        no_known_end: "no known end" => "終わりは不明";
        what_it_costs: "\n## What it costs\n\n" => "\n## 損失\n\n";
        go_well_otherwise: "{requests} requests that go well otherwise" => "通常なら成功するリクエスト{requests}件";
        entry_hit_most: "the entry that is hit most" => "最も影響を受ける入口";
        fewer_succeed: "{share} fewer requests succeed at {at}" => "{at}で成功するリクエストが{share}減少";

        patterns: "# Patterns of bad requests" => "# 不良リクエストのパターン";
        where_their_time_goes: "\n### Where their time goes\n\n" => "\n### 時間の内訳\n\n";
        requests_are_bad: "{bad} of {all} requests are bad ({share}); {failed} of them failed."
            => "リクエスト{all}件中{bad}件が不良（{share}）、うち{failed}件が失敗。";
        nothing_goes_with_them: "Nothing that the spans tell goes with them."
            => "スパンからわかる共通点はありません。";
        of_the_bad_ones: "({share} of the bad ones, {p})" => "（不良の{share}、{p}）";
        the_same_requests: "the same requests: {rule}" => "同じリクエスト：{rule}";
        frequent_errors: "\n### Frequent errors\n\n" => "\n### 多いエラー\n\n";
        go_wrong_together: "{a} and {b} go wrong in the same requests ({count} times, φ = {phi})"
            => "{a} と {b} は同じリクエストで失敗（{count}回、φ = {phi}）";
        pair: "\n### A normal and a problem request\n\nNormal `{normal}` ({normal_ms}), problem `{problem}` ({problem_ms}).\n\n| step | in the problem request |\n|---|---|"
            => "\n### 正常なリクエストと問題のリクエスト\n\n正常 `{normal}`（{normal_ms}）、問題 `{problem}`（{problem_ms}）。\n\n| ステップ | 問題のリクエストでは |\n|---|---|";

        deployments: "# Deployments" => "# デプロイ";
        complete_after: ", complete after {length}" => "、{length}後に完了";
        share_until: ", with {share} of its requests until {time}" => "、{time}までリクエストの{share}";
        share_of_requests: ", with {share} of its requests" => "、リクエストの{share}";
        deployed_at: "**{name}** at {time}" => "**{name}**（{time}）";
        deployed: "**{name}** {versions} ({kind}) at {time}{until}" => "**{name}** {versions}（{kind}、{time}{until}）";
        release: "release" => "リリース";
        canary: "canary" => "カナリア";
        rollback: "rollback" => "ロールバック";
        given: "given" => "指定";
        regression: "regression" => "悪化";
        improvement: "improvement" => "改善";
        unchanged: "unchanged" => "変化なし";
        insufficient: "insufficient" => "データ不足";
        tail_of: "{mark}tail {verdict}" => "{mark}末尾の{verdict}";
        possible: "insufficient (possible)" => "データ不足（可能性あり）";
        restarted: "**{name}**{version} (restart) at {time}: {what}" => "**{name}**{version}（再起動、{time}）：{what}";
        after: "## After {names}" => "## {names} の後";
        beside_the_old: "## {names}: the new version beside the old" => "## {names}：新旧バージョンの比較";
        times_are_compared: "{before} before and {after} after are compared."
            => "前の{before}と後の{after}を比較。";
        versions_are_compared: "Requests through the old and the new version are compared, over the same {length}."
            => "同じ{length}の間の旧バージョンと新バージョンのリクエストを比較。";
        control_changed: "Services that do not depend on it changed by {change}; that is taken off."
            => "依存しないサービスの変化 {change} を差し引いています。";
        hit_by_it: "\n### Hit by it\n\n" => "\n### 影響を受けたもの\n\n";
        too_little_to_tell: "\nThere is too little to tell whether anything became worse.\n"
            => "\n悪化したか判断するにはデータが不足しています。\n";
        nothing_became_worse: "\nNothing became worse by more than chance.\n"
            => "\n偶然を超えて悪化したものはありません。\n";
        what_is_called: "## What is called" => "## 呼び出しの変化";
        new_operation: "+ new operation of {name}: {operation} ({count} requests)"
            => "+ {name} の新しい操作：{operation}（リクエスト{count}件）";
        operation_gone: "- operation gone of {name}: {operation} ({count} requests)"
            => "- {name} のなくなった操作：{operation}（リクエスト{count}件）";
        machines: "\n### CPU and memory\n\n" => "\n### CPUとメモリ\n\n";
        before_after_sides: "before | after" => "前 | 後";
        old_new_sides: "old | new" => "旧 | 新";
        all_figures: "\n### All figures\n\nA p is that of chance, all tests of this comparison taken together.\n\n| | metric | requests | {sides} | change | chance | verdict | cause |\n|---|---|---:|---:|---:|---:|---:|---|---|\n"
            => "\n### すべての数値\n\npはこの比較のすべての検定を合わせた偶然の確率です。\n\n| | 指標 | リクエスト | {sides} | 変化 | 偶然 | 判定 | 原因 |\n|---|---|---:|---:|---:|---:|---:|---|---|\n";
        insufficient_means: "\nInsufficient: fewer than 30 requests on a side, or a change that chance or drift makes as well.\n"
            => "\nデータ不足：片側のリクエストが30件未満か、偶然やドリフトでも起こる変化。\n";
        cause_from: "from {name}" => "{name} から";
        cause_own: "own" => "自身";
        more_rows: "… and {count} more rows; --format json has them all."
            => "… 他{count}行。--format json にはすべてあります。";
        errors: "errors" => "エラー";
        throughput: "throughput" => "スループット";
        latency_of: "latency, {statistic}" => "レイテンシ、{statistic}";
        new: "new" => "新規";

        difference: "# Difference of two maps" => "# 2つのマップの差分";
        before_and_after: "{before} before and {after} after." => "前 {before}、後 {after}。";
        nothing: "nothing" => "なし";
        nothing_differs: "Nothing differs by more than chance." => "偶然を超える差はありません。";
        worse: "## ✖ Worse\n" => "## ✖ 悪化\n";
        better: "## ✔ Better\n" => "## ✔ 改善\n";
        difference_table: "| | calls | median | p95 | errors |\n|---|---:|---:|---:|---:|"
            => "| | 呼び出し | 中央値 | p95 | エラー |\n|---|---:|---:|---:|---:|";
        unsure: "{count} nodes have too few calls on a side, or a change that chance makes as well."
            => "ノード{count}個は、片側の呼び出しが少なすぎるか、偶然の範囲の変化です。";
        edge: "edge" => "エッジ";
        new_part: "+ new {what}: {name} ({calls} calls)" => "+ 新しい{what}：{name}（呼び出し{calls}件）";
        part_gone: "- {what} gone: {name} ({calls} calls before)" => "- なくなった{what}：{name}（以前は呼び出し{calls}件）";
        more_per_request: "× more calls per request: {name} ({before} → {after})"
            => "× リクエストあたりの呼び出しが増加：{name}（{before} → {after}）";
        new_edge: "new edge {name}" => "新しいエッジ {name}";
        errors_changed: "errors {before} → {after}" => "エラー {before} → {after}";
        p95_changed: "p95 {before} → {after}" => "p95 {before} → {after}";
        median_changed: "median {before} → {after}" => "中央値 {before} → {after}";
    }
}
