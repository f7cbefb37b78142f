//! Findings: the list, the pages of the questions, choosing requests.
super::catalogue! {
    /// Findings: the list, the pages of the questions, choosing requests.
    Findings {
        suppose_that_there_is_more: "Suppose that there is more traffic, or that a service is faster."
            => "トラフィックが増えた場合や、サービスが速くなった場合を想定します。";
        there_is_no_answer_yet: "There is no answer yet." => "まだ結果がありません。";
        what_saturates_first: "What saturates first" => "最初に飽和するもの";
        model: "model" => "モデル";
        beyond_their_target: "Beyond their target" => "目標超過";
        all_requests: "all requests" => "全リクエスト";
        of: "Of" => "対象";
        requests_that_grow: "Requests that grow: {what}" => "増えるリクエスト：{what}";
        times_as_many_requests: "Times as many requests: {factor}" => "リクエストの倍率：{factor}";
        another_factor_drag_or_click: "Another factor: drag, or click to type it"
            => "別の倍率：ドラッグ、またはクリックして入力";
        and: "And" => "さらに";
        no_service: "no service" => "サービスなし";
        faster_service: "Faster service: {name}" => "速くするサービス：{name}";
        percent_faster: "Percent faster: {percent}" => "高速化の割合（%）：{percent}";
        faster: "faster" => "高速化";
        it_is_not_known_nothing: "It is not known: nothing tells how busy a node is."
            => "不明：ノードの使用率を示すデータがありません。";
        saturates_first: "saturates first" => "最初に飽和";
        nearest_to_its_limit: "nearest to its limit" => "限界に最も近い";
        faster_heading: "Faster" => "高速化";
        replayed: "replayed" => "再計算";
        of_requests: "{name} · {count} requests" => "{name} · {count}リクエスト";
        critical: "Critical" => "重大";
        high: "High" => "高";
        medium: "Medium" => "中";
        low: "Low" => "低";
        confidence: "{level} confidence" => "確信度 {level}";
        map_lists_and_figures_show: "{whole}\nMap, lists and figures show these alone"
            => "{whole}\nマップ、一覧、数値はこれらだけを表示します";
        clear_the_choice: "Clear the choice" => "選択を解除";
        look_at_all_requests_again: "Look at all requests again (Esc)" => "全リクエストの表示に戻る（Esc）";
        name_another_deployment: "Name another deployment" => "別のデプロイを指定";
        forget_this_deployment: "Forget this deployment" => "このデプロイを取り消す";
        restarts: "Restarts without a new version" => "新しいバージョンのない再起動";
        more_in_the_whole_answer: "{count} more are in the whole answer." => "他{count}件は回答全文にあります。";
        restarted_at: "Restarted at {time}" => "再起動、{time}";
        see_deployments: "deployments" => "デプロイを表示";
        compare_on_the_map: "{icon}  Compare on the map" => "{icon}  マップで比較";
        compare_on_the_map_spoken: "Compare on the map" => "マップで比較";
        deployed_at: "Deployed {version} at {time}" => "{version} をデプロイ、{time}";
        what_changed: "what changed" => "変化を表示";
        any_service: "Any service" => "任意のサービス";
        service: "Service: {name}" => "サービス：{name}";
        n_10_15_55_plus_30m: "10:15:55, +30m, or a version" => "10:15:55、+30m、またはバージョン";
        time_or_version: "Time or version" => "時刻またはバージョン";
        analyse_this_deployment: "Analyse this deployment" => "このデプロイを分析";
        neither_a_time_nor_a: "Neither a time nor a version that was deployed in this data"
            => "時刻でも、このデータでデプロイされたバージョンでもありません";
        that_is_not_between_the: "That is not between the first span and the last"
            => "最初と最後のスパンの間ではありません";
        active_alerts: "Active alerts" => "発生中のアラート";
        no_rule_is_broken_at: "No rule is broken at the end of this time."
            => "この期間の終わりに違反しているルールはありません。";
        over_again: "Over again: {count}" => "収束済み：{count}件";
        and_more: "And {count} more" => "他{count}件";
        above_its_thresholds_over_the: "Above its thresholds over the whole time" => "期間全体でしきい値超過";
        alert: "Alert: {name}, {severity}" => "アラート：{name}、{severity}";
        worst: "; worst {figure}" => "、最悪時 {figure}";
        latency_of_requests_over_time: "Latency of {count} requests over time; drag to choose requests, or use the buttons below"
            => "{count}リクエストのレイテンシ推移。ドラッグまたは下のボタンでリクエストを選択";
        choose_the_slowest_5_percent: "Choose the slowest 5%" => "最も遅い5%を選択";
        failed: "failed" => "失敗";
        went_well: "went well" => "成功";
        no_request: "No request" => "リクエストなし";
        n_1_request: "1 request" => "リクエスト1件";
        requests: "{count} requests" => "リクエスト{count}件";
        of_2: " of {name}" => "（{name}）";
        slower_than: " slower than {length}" => "、{length}より遅い";
        faster_than: " faster than {length}" => "、{length}より速い";
        that_took_to: " that took {from} to {to}" => "、所要時間{from}〜{to}";
        open_the_patterns: "Open the patterns" => "パターンを開く";
        cause: "Cause" => "原因";
        less_likely: "Less likely" => "可能性の低い原因";
        explains: "{name} · explains {share}" => "{name} · {share}を説明";
        confidence_how_it_is_made: "Confidence {score}: how it is made" => "確信度 {score}：内訳";
        evidence: "Evidence" => "根拠";
        share_explained: "Share explained" => "説明する割合";
        of_the_extra_bad_requests: "Of the extra bad requests" => "増えた不良リクエストのうち";
        lead_over_the_next: "Lead over the next" => "次点との差";
        full_from_30_percentage_points: "Full from 30 percentage points on" => "30ポイント以上で満点";
        first_to_show_it: "First to show it" => "最初の兆候";
        n_1_before_all_that_depend: "1 before all that depend on it, 0.5 unknown, 0 after"
            => "依存元より先なら1、不明は0.5、後なら0";
        second_opinion: "Second opinion" => "別の観点";
        n_1_if_its_own_work: "1 if its own work deviates most of all from calm times"
            => "自身の処理が平常時から最も外れていれば1";
        change_at_the_onset: "Change at the onset" => "発生時の変化";
        a_new_version_or_a: "A new version, or a resource that ran out"
            => "新バージョン、または枯渇したリソース";
        amount_of_data: "Amount of data" => "データ量";
        all: "× all" => "× 全体";
        bad_requests_over_bad_requests: "Bad requests over bad requests and 10"
            => "不良リクエスト数 ÷（不良リクエスト数 + 10）";
        second_opinion_whose_own_work: "Second opinion: whose own work deviates"
            => "別の観点：自身の処理が外れているもの";
        robust_deviations_from_calm_times: "Robust deviations from calm times, whatever requests were bad."
            => "不良リクエストによらない、平常時からのロバスト偏差。";
        times_compared: "Times compared" => "比較した期間";
        set_by_hand: "set by hand" => "手動設定";
        not_found: "not found" => "見つかりません";
        incident: "Incident: {range}" => "障害：{range}";
        calm_time: "Calm time: {range}" => "平常時：{range}";
        drag_over_the_timeline_below: "Drag over the timeline below to choose other times."
            => "別の期間は下のタイムラインをドラッグして選びます。";
        brushed: "Brushed: {range}" => "選択範囲：{range}";
        use_the_brushed_time_as: "Use the brushed time as incident" => "選択範囲を障害とする";
        use_it_as_calm_time: "Use it as calm time" => "平常時とする";
        find_the_times_again: "Find the times again" => "期間を再検出";
        findings: "Findings" => "検出結果";
        they_are_looked_for_once: "They are looked for once the files are read."
            => "ファイルの読み込み後に分析します。";
        show_fewer: "Show fewer" => "表示を減らす";
        show_more: "Show {count} more" => "さらに{count}件表示";
        waits_until_the_files_are: "{what}: waits until the files are read."
            => "{what}：ファイルの読み込み待ち。";
        stopped: "{what}: stopped." => "{what}：中止しました。";
        ask_again: "Ask again" => "再実行";
        stop: "Stop {what}" => "{what}を中止";
        nothing_stands_out: "Nothing stands out" => "目立つ問題はありません";
        no_incident_stands_out: "No incident stands out" => "目立つ障害はありません";
        no_span_has_a_time: "No span has a time, so nothing can be compared."
            => "時刻のあるスパンがなく、比較できません。";
        looked_at_traces_from: "Looked at {traces} traces from {range}."
            => "{range}の{traces}トレースを分析しました。";
        all_answers: "All answers" => "すべての分析";
        incident_2: "Incident…" => "障害…";
        patterns: "Patterns…" => "パターン…";
        deployments: "Deployments…" => "デプロイ…";
        advice: "Advice…" => "助言…";
        health: "Health…" => "健全性…";
        capacity: "Capacity…" => "キャパシティ…";
        copy_report: "Copy report" => "レポートをコピー";
        save_report: "Save report…" => "レポートを保存…";
        open_trace: "Open trace {trace}" => "トレース {trace} を開く";
        the_first_of: "The first {most} of {all}" => "{all}件のうち最初の{most}件";
        back_to_the_overview: "Back to the overview" => "概要に戻る";
        nothing_stands_out_2: "Nothing stands out." => "目立つ問題はありません。";
        the_whole_answer: "The whole answer" => "結果の全文";
        all_requests_2: "All requests" => "全リクエスト";
        requests_of: "Requests of {name}" => "{name} のリクエスト";
        by_time_and_latency_drag: "{requests}, by time and latency. Drag over those to look into."
            => "{requests}を時刻とレイテンシで表示。調べる範囲をドラッグします。";
        no_requests_with_a_time: "No requests with a time in this window."
            => "この期間に時刻のあるリクエストはありません。";
        these_count_as_bad: "{these}: these count as bad" => "{these}：これらを不良とみなします";
        bad_are_requests_that_failed: "Bad are requests that failed, ran out of time, or stand out as slow"
            => "不良とは、失敗、時間切れ、または際立って遅いリクエストです";
        they_are_held_against_the: "{bad}; they are held against the others of the same entry operation."
            => "{bad}。同じ入口操作の他のリクエストと比べます。";
        chosen_requests: "Chosen requests" => "選択したリクエスト";
        in_traces: "In {count} traces." => "{count}トレース内。";
        show_more_2: "Show more" => "さらに表示";
        bad: "{share} bad" => "不良 {share}";
        of_requests_are_bad_of: "{bad} of {all} requests are bad; {failed} of them failed."
            => "{all}リクエスト中{bad}件が不良、うち{failed}件が失敗。";
        what_goes_with_them: "What goes with them" => "共通する特徴";
        nothing_that_the_spans_tell: "Nothing that the spans tell goes with them."
            => "スパンから読み取れる共通の特徴はありません。";
        whose_they_are_and_when: "Whose they are, and when" => "誰の、いつのリクエストか";
        where_their_extra_time_goes: "Where their extra time goes" => "余分な時間の行き先";
        frequent_errors: "Frequent errors" => "多いエラー";
        and_go_wrong_in_the: "{one} and {other} go wrong in the same requests ({count} times, φ = {phi})"
            => "{one} と {other} は同じリクエストで失敗（{count}回、φ = {phi}）";
        holds_for_of_the_bad: "Holds for {share} of the bad requests ({sure})"
            => "不良リクエストの{share}に該当（{sure}）";
        the_same_requests: "The same requests: {rule}" => "同じリクエスト：{rule}";
        a_typical_pair: "A typical pair" => "典型的な対";
        trace: "trace {trace}…" => "トレース {trace}…";
        normal_request: "Normal request" => "正常なリクエスト";
        problem_request: "Problem request" => "問題のリクエスト";
        they_have_the_same_steps: "They have the same steps." => "処理の流れは同じです。";
        and_more_steps: "And {count} more steps" => "他{count}ステップ";
        no_trace_of_it_is: "No trace of it is stored any more."
            => "該当するトレースはもう保存されていません。";
        no_failure: "no failure" => "失敗なし";
        evidence_trace_at: "Evidence: trace at {time}, {title}, {took}, {outcome}"
            => "根拠：{time}のトレース、{title}、{took}、{outcome}";
        of_started: "{title} of {service}\n{trace}\nStarted {time}"
            => "{title}（{service}）\n{trace}\n開始 {time}";
        how_it_spread: "How it spread" => "広がり方";
        reached: "{count} nodes" => "{count}ノード";
        it_was_still_going_on: "It was still going on at the end of the data."
            => "データの終わりでもまだ続いていました。";
        everything_that_it_reached_was: "Everything that it reached was calm again {length} after the onset."
            => "影響先はすべて、発生から{length}後に平常に戻りました。";
        start: "start" => "起点";
        wave: "Wave {wave}: {name}, {after}, {how}, {severity}"
            => "第{wave}波：{name}、{after}、{how}、{severity}";
        from: "\nFrom {name}" => "\n{name}から";
        of_its_requests_failed_or: "{name}: {how}{from}\n{share} of its requests failed or took too long, beyond what is usual"
            => "{name}：{how}{from}\nリクエストの{share}が通常を超えて失敗または遅延";
        who_was_hit: "Who was hit" => "影響を受けたもの";
        entry_operations_those_with_the: "Entry operations, those with the most extra bad requests first"
            => "入口操作（増えた不良リクエストの多い順）";
        of_in_calm_times: "{name} · {bad} of {all} · in calm times {calm}"
            => "{name} · {all}件中{bad}件 · 平常時 {calm}";
        of_3: "{operation} of {service}" => "{operation}（{service}）";
        timeline: "Timeline" => "時系列";
        to: "{from} to {to}: {name}, {count} {what}" => "{from}〜{to}：{name}、{what}{count}";
        until: "{count} {what} until {to}" => "{what}{count}、{to}まで";
        opens_a_trace_that_shows: "Opens a trace that shows it" => "該当トレースを開く";
        of_that_time: "of {range}" => "{range}";
        outside_the_window: "not in this window: {range}" => "この期間外：{range}";
        of_all_the_time: "of all the time" => "全期間";
        in_the_window: "in this window" => "この期間内";
    }
}
