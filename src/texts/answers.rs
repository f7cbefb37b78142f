//! Sentences of answers that the window shows too: findings and incidents.
super::catalogue! {
    /// Sentences of answers that the window shows too: findings and incidents.
    Answers {
        incident: "Incident" => "障害";
        impact: "Impact" => "影響";
        deployments: "Deployments" => "デプロイ";
        patterns_of_bad_requests: "Patterns of bad requests" => "不良リクエストのパターン";
        advice: "Advice" => "助言";
        health: "Health" => "健全性";
        capacity: "Capacity" => "キャパシティ";
        root_cause: "root cause" => "根本原因";
        contributes: "contributes" => "一因";
        it_holds_for_of_the: "it holds for {share} of the {bad} bad requests"
            => "不良リクエスト{bad}件のうち{share}に該当";
        the_same_requests: "the same requests: {rule}" => "同じリクエスト：{rule}";
        pattern_in_bad: "pattern in bad {operation}" => "不良 {operation} のパターン";
        times: "{ratio} times" => "{ratio}倍";
        explains_of_extra_bad_requests: "explains {explained} of {extra} extra bad requests ({share})"
            => "増えた不良リクエスト{extra}件のうち{explained}件（{share}）を説明";
        of_them_waited_for_a_place: "of them, about {count} waited at {node} for a free connection or worker: others kept them for longer because of it"
            => "うち約{count}件は {node} で空き接続・ワーカーを待機：これが原因で他のリクエストが長く占有";
        its_requests_waited_for_a_place: "its requests waited for a free connection or worker, though none was kept for longer: there are too few, or more requests than usual"
            => "リクエストが空き接続・ワーカーを待機。占有時間は延びていないため、数が足りないか、リクエストが増えています";
        the_spans_to_blame_are: "the spans to blame are “{operation}”{mostly}"
            => "原因のスパンは「{operation}」{mostly}";
        statement: "statement: `{statement}`{mostly}" => "文：`{statement}`{mostly}";
        error: "error: “{error}”{mostly}" => "エラー：「{error}」{mostly}";
        it_sends_no_spans_itself: "it sends no spans itself: this is what its callers saw"
            => "自身はスパンを送らないため、呼び出し元から見た値です";
        within: "within {length}" => "{length}以内";
        later: "{length} later" => "{length}後";
        the_first_of_its_callers: "the first of its callers was hit {later}"
            => "最初の呼び出し元への影響は{later}";
        its_version_went_live_at: "its version {version} went live at {time}"
            => "バージョン {version} が {time} に稼働開始";
        its_pool_of_connections_ran: "its pool of connections ran out" => "接続プールが枯渇";
        its_processors_were_busy: "its processors were busy" => "CPUが飽和";
        its_memory_was_full: "its memory was full" => "メモリが枯渇";
        in_calm_times: "; {share} in calm times" => "、平常時 {share}";
        used: "{what} ({share} used{before})" => "{what}（使用率 {share}{before}）";
        its_dependency_is_to_blame: "its dependency {name} is to blame for a good part too"
            => "依存先 {name} にもかなりの原因がある";
        its_own_work_deviates_most: "its own work deviates most of all from calm times"
            => "自身の処理が平常時から最も外れている";
        its_own_time_rose_from: "its own time rose {times}, from {before} to {now} (median)"
            => "自身の時間が{times}に増加、{before}から{now}へ（中央値）";
        failures_that_begin_there_rose: "failures that begin there rose from {before} to {now} of its work"
            => "ここで始まる失敗が処理の{before}から{now}に増加";
        there_is_no_trace_with: "There is no trace with a root in this time and filter: widen the time or leave out the filter."
            => "この期間とフィルターには、ルートのあるトレースがありません。期間を広げるか、フィルターを外してください。";
        no_span_was_read: "There is nothing to look at: no span was read." => "スパンが読み込まれていません。";
        empty_by_filter: "The picture is empty: none of {all} traces passes the filter {filter}. Leave it out, or write another."
            => "図は空です：{all}件のトレースのいずれもフィルター {filter} を通りません。外すか、書き換えてください。";
        empty_by_time: "The picture is empty: no call begins from {from} to {to}. The data goes from {start} to {end}: choose a time within it."
            => "図は空です：{from}から{to}までに始まる呼び出しがありません。データは{start}から{end}までです。この範囲の期間を選んでください。";
        empty_by_both: "The picture is empty: {passing} traces pass the filter {filter}, but none of their calls begins from {from} to {to}. The data goes from {start} to {end}: widen the time, or leave out the filter."
            => "図は空です：フィルター {filter} を通るトレースは{passing}件ありますが、{from}から{to}までに始まる呼び出しがありません。データは{start}から{end}までです。期間を広げるか、フィルターを外してください。";
        empty_of_calls: "The picture is empty: {all} traces were read, but none of their spans says who serves or calls."
            => "図は空です：{all}件のトレースを読みましたが、呼び出しを示すスパンがありません。";
        not_in_this_picture: "{name} is in the data, but not in this time and filter: widen the time or leave out the filter"
            => "{name} はデータにありますが、この期間とフィルターにはありません。期間を広げるか、フィルターを外してください";
        no_stretch_of_time_stands: "No stretch of time stands out: the share of failed, timed-out and slow requests is about the same all the time ({failed} of {all} failed or ran out of time)."
            => "目立つ期間はありません：失敗、タイムアウト、低速の割合は常にほぼ同じです（{all}件中{failed}件が失敗またはタイムアウト）。";
        too_few_requests_to_tell: "Too few requests to tell whether a stretch of time stands out: there are {all}, {needed} are needed."
            => "目立つ期間があるか判断するにはリクエストが少なすぎます：{all}件あり、{needed}件必要です。";
        failures_begin_there_in: "failures begin there in {now} of its work; of calm times nothing is known"
            => "処理の{now}で失敗がここから始まる；平常時については不明";
        ask_about_one: " Give --incident T..T to ask about one." => "--incident T..T で期間を指定できます。";
        ask_about_them: " Give --incident T..T to ask about them." => "--incident T..T で指定できます。";
        give_a_baseline: " Give --baseline or --baseline-files." => "--baseline か --baseline-files を指定してください。";
        there_is_no_calm_time: "There is no calm time to hold the incident against, so chronic errors can't be told from new ones, nor slow from usual."
            => "障害と比べる平常時がないため、慢性的なエラーと新しいエラー、低速と通常を区別できません。";
        only_requests_in_calm_times: "Only {count} requests in calm times: what is usual is uncertain."
            => "平常時のリクエストが{count}件しかなく、通常の状態は不確かです。";
        traces_without_a_root_were: "{count} traces without a root were left out."
            => "ルートのないトレース{count}件を除外しました。";
        other_bad_stretches_were_left: "{count} other bad stretches were left aside."
            => "他の不良期間{count}件は対象外としました。";
        no_request_that_somebody_waits: "No request that somebody waits for was hit: what is counted as requests are messages, each from when it was taken in to when it was handled."
            => "待たれるリクエストへの影響はありません：メッセージを、受け取りから処理までのリクエストとして数えています。";
        the_spans_carry_neither_kind: "The spans carry neither kind nor status: errors can't be seen, only what deviates."
            => "スパンに種別もステータスもないため、エラーは見えず、外れ値だけがわかります。";
        where_it_began: "where it began" => "起点";
        its_calls_failed: "its calls failed" => "呼び出しが失敗";
        its_calls_ran_out_of: "its calls ran out of time" => "呼び出しがタイムアウト";
        its_calls_took_longer: "its calls took longer" => "呼び出しが遅延";
        it_took_longer_itself: "it took longer itself, its calls hardly did" => "自身の処理が遅延（呼び出しはほぼ平常）";
        it_called_again_and_again: "it called again and again" => "繰り返し呼び出し";
        it_uses_the_same_store: "it uses the same store" => "同じストアを使用";
        its_callers_had_no_time: "its callers had no time left for it" => "呼び出し元の残り時間が不足";
        its_connections_ran_out: "its connections or workers ran out" => "接続またはワーカーが枯渇";
        messages_for_it_pile_up: "messages for it pile up" => "メッセージが滞留";
        its_callers_called_it_less: "its callers called it less" => "呼び出し元からの呼び出しが減少";
        comes_from_one_instance: "{share} of it comes from one instance, {instance}, though others share the traffic: take it out of rotation"
        => "{share}は1つのインスタンス {instance} によるもので、他のインスタンスにもトラフィックがあります：切り離してください";
        it_deviates_more: "it deviates {ratio} times as much as anything does in calm times"
            => "平常時の最大の{ratio}倍外れています";
        it_deviates_no_more: "it deviates no more than things do in calm times ({ratio} times)"
            => "外れ方は平常時の範囲内です（{ratio}倍）";
        operation_of: "“{operation}” of {service}" => "{service} の「{operation}」";
        between_the_span_and_its_answer: "between the span {own} and its answer {callee} lie {after} instead of {before}"
            => "スパン {own} とその応答 {callee} の間が{before}から{after}に";
        takes_itself_instead_of: "{own} takes {after} itself instead of {before}"
            => "{own} 自身の時間が{before}から{after}に";
        nearly_all_at_instance: ", nearly all of it at instance {instance}"
            => "、ほぼすべてがインスタンス {instance}";
        at_its_beginning: "at its beginning" => "最初";
        after_step: "after {step}" => "{step} の後";
        its_end: "its end" => "終了";
        share_instead_of: "{after} instead of {before}" => "{before}から{after}に";
        it_had_answered_just_before: "; it had answered just before" => "。直前に応答していました";
        who_answered_last_depends: "; whoever answered last depends on it"
            => "。直前の応答元がこれに依存しています";
        in_place_comes_next: "in {own}, {place}, comes {next} in {shares} of the times{role}"
            => "{own} で、{place}に {next} が来る割合が{shares}{role}";
        kind_health: "health" => "健全性";
        kind_saturation: "saturation" => "飽和";
        kind_predicted_outage: "predicted outage" => "停止の予測";
        kind_measured_outage: "measured outage" => "停止の実測";
    }
}
