//! What a deployment changed, in sentences.
super::catalogue! {
    /// What a deployment changed, in sentences.
    Deploy {
        tail_is_slower: "its slowest requests are slower" => "最も遅いリクエストがさらに遅延";
        some_are_slower: "some of its requests are slower" => "一部のリクエストが遅延";
        slower: "slower" => "遅延";
        fails_where_it_never_did: "fails where it never did" => "これまでになかった失敗";
        fails_more: "fails more" => "失敗が増加";
        fewer_requests: "fewer requests" => "リクエストが減少";
        median_latency: "Median latency" => "レイテンシの中央値";
        p95_latency: "95th percentile of the latency" => "レイテンシの95パーセンタイル";
        mean_latency: "Mean latency" => "レイテンシの平均";
        failed_requests: "Failed requests" => "失敗したリクエスト";
        throughput: "Throughput" => "スループット";
        only_the_slowest: "The median is {before} → {after}: only the slowest requests changed"
            => "中央値は {before} → {after}：変わったのは最も遅いリクエストだけ";
        one_kind: "The median is {before} → {after}: one kind of request changed, see its operations"
            => "中央値は {before} → {after}：特定の種類のリクエストが変化（操作を参照）";
        p95_times_as_long: "95th percentile {before} → {after}: {low} to {high} times as long, at 95 % confidence"
            => "95パーセンタイル {before} → {after}：{low}〜{high}倍（95 %信頼区間）";
        p99: "99th percentile {before} → {after}" => "99パーセンタイル {before} → {after}";
        pairs: "In {pairs} of 100 pairs the request after is the slower one (Cliff's delta {delta}; {before} and {after} requests)"
            => "100組中{pairs}組で後のリクエストの方が遅い（Cliffのデルタ {delta}、{before}件と{after}件）";
        failed_before_and_after: "{failed_before} of {before} requests failed before, {failed_after} of {after} after"
            => "失敗は、前が{before}件中{failed_before}件、後が{after}件中{failed_after}件";
        pairs_of_versions: "In {pairs} of 100 pairs the request through the new version is the slower one (Cliff's delta {delta}; {before} requests through the old version and {after} through the new)"
            => "100組中{pairs}組で新バージョンのリクエストの方が遅い（Cliffのデルタ {delta}、旧{before}件と新{after}件）";
        failed_by_version: "{failed_before} of {before} requests failed through the old version, {failed_after} of {after} through the new"
            => "失敗は、旧バージョンが{before}件中{failed_before}件、新バージョンが{after}件中{failed_after}件";
        with_the_new_version: "{what} with the new version" => "新バージョンで{what}";
        percentage_points: ": {low} to {high} percentage points, at 95 % confidence"
            => "：{low}〜{high}ポイント（95 %信頼区間）";
        new_ended_as: "New: {n} requests ended as {outcome}"
            => "新規：リクエスト{n}件が {outcome} で終了";
        new_failed_with: "New: {n} requests failed with {kind}"
            => "新規：リクエスト{n}件が {kind} で失敗";
        rate_times: "The rate is {low} to {high} times that before, at 95 % confidence"
            => "レートは前の{low}〜{high}倍（95 %信頼区間）";
        at_the_same_time: "{first}{rest} at the same time" => "同時に{first}{rest}";
        of_the_machine: " of the machine" => "（ホスト）";
        only_before_are_known: "Only {known} before the deployment are known, and {needed} are needed to tell what is usual: no more than a hint"
            => "デプロイ前のデータが{known}しかなく、通常の変動を知るには{needed}が必要：目安に留まります";
        because_of: "{what} because of {name}" => "{name} により{what}";
        since_a_deployment: "{what} since a deployment" => "デプロイ以降{what}";
        earlier_moments: "Of {moments} earlier moments without a deployment, {count} show a change as large (p {p})"
            => "デプロイのない過去の{moments}時点のうち、同程度の変化は{count}件（p {p}）";
        time_before_is_too_short: "The time before is too short to say how often such a change comes by itself"
            => "前の期間が短く、このような変化が自然に起きる頻度はわかりません";
        chance: "Chance makes such a change with {chance}, all tests of this comparison taken together"
            => "偶然このような変化が起きる確率は、この比較の全検定を合わせて {chance}";
        of_which_version_came: ", of which version {version} came at {time}"
            => "（バージョン {version}、{time}にデプロイ）";
        which_was_deployed: ", which was deployed at {time}" => "（{time}にデプロイ）";
        fail_in_itself: "{part} of the failed requests fail in {from} itself{with}"
            => "失敗したリクエストの{part}は {from} 自身の失敗{with}";
        own_work: "{part} of the added time is {from}'s own work{with}"
            => "増えた時間の{part}は {from} 自身の処理{with}";
        calls_without_spans: "{part} of the added time is its calls to what sends no spans, by {from}{with}"
            => "増えた時間の{part}は {from} からスパンを送らない先への呼び出し{with}";
        waiting_from: "{part} of the added time is waiting; it comes from {from}{with}"
            => "増えた時間の{part}は待ち時間、原因は {from}{with}";
        a_call_failed: "In {part} of the failed requests a call failed; it comes from {from}{with}"
            => "失敗したリクエストの{part}で呼び出しが失敗、原因は {from}{with}";
        caller_has_fewer: "{from}, which calls it, has fewer requests itself"
            => "呼び出し元の {from} 自身のリクエストが減少";
        calls_less_often: "fewer requests reach it: {from} makes fewer calls per request"
            => "{from} からの1リクエストあたりの呼び出しが減少";
        users_send_less: "Users send less since it became worse; that comes from {from}{with}"
            => "悪化以降ユーザーの送信が減少、原因は {from}{with}";
        stop_the_canary: "Stop the canary of {name} {version}"
            => "{name} {version} のカナリアを止めてください";
        take_back: "Take back the deployment of {name}, or mend what its traces show"
            => "{name} のデプロイを戻すか、トレースが示す問題を直してください";
        take_back_to: "Take {name} back to {version}, or mend what its traces show"
            => "{name} を {version} に戻すか、トレースが示す問題を直してください";
        no_services: "There are no services in the window" => "この期間にサービスがありません";
        none_sends_a_version: "None of the {all} services sends service.version: name a deployment with --service and --at"
            => "{all}個のサービスはいずれも service.version を送っていません：--service と --at でデプロイを指定してください";
        no_version_changed: "No service.version changed ({with} of {all} services send one): name a deployment with --service and --at"
            => "service.version の変化がありません（{all}サービス中{with}が送信）：--service と --at でデプロイを指定してください";
        send_no_version: "{count} of {all} services send no service.version; their deployments are not seen"
            => "{all}サービス中{count}が service.version を送らず、そのデプロイは検出されません";
        not_compared: "The first {count} deployments are not compared"
            => "最初の{count}件のデプロイは比較していません";
        too_little_after: "Only {a} after the deployment are there, of {b} that are compared: too little for a verdict"
            => "比較する{b}のうちデプロイ後は{a}しかなく、判定には足りません";
        partial_after: "Partial: {a} after the deployment are there, of {b} that are compared"
            => "部分的：比較する{b}のうちデプロイ後は{a}のみ";
        process_was_replaced: "its process was replaced" => "プロセスが入れ替わりました";
        all_were_replaced: "all {of} processes were replaced" => "{of}プロセスすべてが入れ替わりました";
        some_were_replaced: "{some} of {of} processes were replaced"
            => "{of}プロセス中{some}が入れ替わりました";
        without_a_request: ", without a request for {length}" => "（{length}の間リクエストなし）";
        memory: "memory" => "メモリ";
        the_given_moment: "the given moment" => "指定の時点";
    }
}
