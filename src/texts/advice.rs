//! What would make it faster or safer, in sentences.
super::catalogue! {
    /// What would make it faster or safer, in sentences.
    Advice {
        slow_statement: "slow statement" => "遅いSQL文";
        slow_by_itself: "slow by itself" => "自身が遅い";
        failures_begin_here: "failures begin here" => "失敗の起点";
        one_odd_instance: "one odd instance" => "1インスタンスだけ異常";
        n_plus_one_queries: "N+1 queries" => "N+1クエリ";
        queries_in_loop: "M·N+1 queries" => "M·N+1クエリ";
        n_plus_one_calls: "N+1 calls" => "N+1呼び出し";
        repeated_calls: "repeated calls" => "重複した呼び出し";
        cacheable_calls: "cacheable calls (possible)" => "キャッシュできる呼び出し（可能性）";
        calls_in_sequence: "calls in sequence (possible)" => "逐次の呼び出し（可能性）";
        chatty_pair: "chatty pair" => "やり取りの多い組";
        large_payload: "large payload" => "大きなペイロード";
        slow_external: "slow external" => "遅い外部サービス";
        failing_external: "failing external" => "失敗する外部サービス";
        retry_storm: "retry storm" => "リトライストーム";
        retries_inside_retries: "retries inside retries" => "多重のリトライ";
        timeout_too_long: "timeout too long" => "長すぎるタイムアウト";
        timeout_too_short: "timeout too short" => "短すぎるタイムアウト";
        inner_timeout_too_long: "inner timeout too long" => "内側のタイムアウトが長すぎる";
        work_after_the_timeout: "work after the timeout" => "タイムアウト後の処理";
        missing_fallback: "missing fallback" => "フォールバックなし";
        blocking_side_effect: "blocking side effect (possible)" => "待たされる副作用（可能性）";
        queue_backlog: "queue backlog" => "キューの滞留";
        waiting_for_a_pool: "waiting for a pool" => "プール待ち";
        pool_in_full_use: "pool in full use" => "プールの枯渇";
        blind_spot: "blind spot" => "計装の死角";
        the_statement_is: "The statement is `{statement}`" => "SQL文：`{statement}`";
        and_more: " and {count} more" => "、他{count}件";
        requests_failed: "{count} requests failed that it was part of"
            => "これを含むリクエスト{count}件が失敗";
        on_average: "{average} on average, 95th percentile {p95}"
            => "平均{average}、95パーセンタイル {p95}";
        runs_took: "{count} runs took {lengths}; {path} of the time of their requests was waited for them"
            => "{count}回実行、{lengths}。リクエストの時間の{path}がこの待ち時間";
        it_takes: "It takes {lengths}, and {path} of the time of its requests is its own work"
            => "{lengths}、リクエストの時間の{path}が自身の処理";
        same_query_runs: "The same query runs {each} times one after the other in one request, {lengths}"
            => "1リクエスト内で同じクエリを逐次{each}回実行、{lengths}";
        a_loop_asks: "A loop asks {distinct} different things, {each} times in all in one request, one after the other, {lengths}"
            => "ループで{distinct}種類の問い合わせ、1リクエストで計{each}回を逐次実行、{lengths}";
        is_called_times: "{operation} is called {each} times one after the other in one request, {lengths}"
            => "1リクエスト内で {operation} を逐次{each}回呼び出し、{lengths}";
        the_same_request: "The same request, to the letter, is made {each} times for one request, {lengths}"
            => "1リクエストに対しまったく同じリクエストを{each}回送信、{lengths}";
        calls_asked_for_one: "{calls} calls asked for one and the same thing, {lengths}"
            => "{calls}回の呼び出しが同じ1件だけを要求、{lengths}";
        calls_asked_for_only: "{calls} calls asked for only {distinct} different things, {lengths}"
            => "{calls}回の呼び出しで問い合わせは{distinct}種類のみ、{lengths}";
        reads_run_in_sequence: "Reads that take {average} on average run one after the other in {count} of 100 requests, never beside each other"
            => "平均{average}の読み取りが、100リクエスト中{count}件で並列にならず逐次に実行";
        one_request_makes: "One request makes {each} calls, {lengths}, much of it on the way"
            => "1リクエストで{each}回呼び出し、{lengths}、多くは通信時間";
        calls_carried: "{count} calls of {operation} carried over 1 MB, {lengths}"
            => "{operation} の呼び出し{count}回が1 MB超を転送、{lengths}";
        is_waited_for: "{operation} is waited for, {lengths}, {path} of the time of its requests"
            => "{operation} を待機、{lengths}、リクエストの時間の{path}";
        operation_takes: "{operation} takes {lengths}" => "{operation}：{lengths}";
        no_span_tells: "{operation} takes {lengths}, and no span tells what it does meanwhile"
            => "{operation}：{lengths}、その間の処理を示すスパンなし";
        a_failure_begins: "In {failed} of its requests a failure begins that nothing it called explains"
            => "リクエストの{failed}で、呼び出し先では説明できない失敗が発生";
        odd_instance: "Its 95th percentile is {p95}, that of the other instances {others}; {failed} of its requests fail, of theirs {flagged}"
            => "95パーセンタイルは{p95}、他のインスタンスは{others}。リクエストの失敗は{failed}、他は{flagged}";
        calls_took: "{count} calls took {lengths}" => "呼び出し{count}回、{lengths}";
        of_calls_failed: "{failed} of {count} calls failed, not counting refused ones"
            => "呼び出し{count}回の{failed}が失敗（拒否を除く）";
        each_call_is_attempted: "Each call is attempted {times} times, and {failed} of the attempts fail"
            => "1回の呼び出しに{times}回の試行、試行の{failed}が失敗";
        several_layers_try_again: "Several layers try again: one call becomes {times} attempts here, and {failed} of them fail"
            => "複数の層でリトライ：1回の呼び出しがここでは{times}回の試行になり、その{failed}が失敗";
        callers_give_up: "Callers give up after {limit}, {ratio} times the 99th percentile of answers ({p99})"
            => "呼び出し元は{limit}でタイムアウト。応答の99パーセンタイル（{p99}）の{ratio}倍";
        calls_run_out_of_time: "{flagged} of the calls run out of time after {limit}, while the 99th percentile of answers is {p99}"
            => "呼び出しの{flagged}が{limit}でタイムアウト、応答の99パーセンタイルは{p99}";
        it_gives_up_after: "It gives up after {limit}, while its own caller waits only {length}: the work in between is for nobody"
            => "{limit}でタイムアウトするが、自身の呼び出し元は{length}しか待たない：その間の処理は無駄";
        callee_works_on: "In {flagged} of the calls the callee works on after its caller gave up, for {lengths}"
            => "呼び出しの{flagged}で、呼び出し元のタイムアウト後も呼び出し先が処理を継続、{lengths}";
        requests_fail_with_it: "{failed} of the calls fail, and {whole} of the requests behind them fail with it"
            => "呼び出しの{failed}が失敗し、それを含むリクエストの{whole}がともに失敗";
        messages_waited: "Messages waited {second} (95th percentile) in the second half of the window, {first} in the first"
            => "メッセージの待ち時間（95パーセンタイル）は期間の前半{first}、後半{second}";
        all_connections_were_in_use: "All connections were in use" => "すべての接続が使用中";
        up_to_of_its_connections: "up to {share} of its connections were in use"
            => "接続の使用率は最大{share}";
        up_to_requests_waited: "up to {count} requests waited" => "待機リクエストは最大{count}件";
        it_was_full: "By its own measurements it was full for {share} of the time: {what}"
            => "自身の計測で、時間の{share}が満杯：{what}";
        at_most_p25: "each taking at most {length}, its own 25th percentile"
            => "それぞれ自身の25パーセンタイル（{length}）以下になった場合";
        half_as_long: "its own work taking half as long (an assumption, not a promise)"
            => "自身の処理が半分の時間になった場合（仮定であり保証ではありません）";
        only_the_first: "only the first of them" => "最初の1回だけにした場合";
        none_waited_for: "none of them waited for" => "待たないようにした場合";
        answered_by_a_cache: "{share} of them answered by a cache"
            => "{share}がキャッシュから応答された場合";
        started_together: "them started together" => "同時に開始した場合";
        on_the_way_once: "the time on the way spent once" => "通信時間が1回分になった場合";
        giving_up_after: "callers giving up after {length}"
            => "呼び出し元が{length}でタイムアウトする場合";
        as_fast_as_the_others: "the instance as fast as the others"
            => "このインスタンスが他と同じ速さになった場合";
        replaying_saves: "Replaying {count} requests with {supposed} saves {length} per request ({share} of their time); {reach} of all requests have it"
            => "{supposed}、{count}リクエストの再計算で1リクエストあたり{length}（時間の{share}）を短縮。全リクエストの{reach}に該当";
        do_slow_statement: "Look at its plan, its index and how much it reads"
            => "実行計画、インデックス、読み取り量を確認してください";
        do_slow_service: "Profile it: the time is its own, not its dependencies'"
            => "プロファイルを取ってください：時間は依存先ではなく自身のものです";
        do_failing_service: "Look at the failing spans: the error begins there"
            => "失敗したスパンを確認してください：エラーはそこで始まります";
        do_hot_instance: "Compare its host, version and load with the others, or take it out"
            => "ホスト、バージョン、負荷を他と比べるか、切り離してください";
        do_n_plus_one_queries: "Ask for all rows in one query, with IN or a join"
            => "INや結合を使い、1回のクエリで全行を取得してください";
        do_queries_in_loop: "Take the queries out of the loop: one for each thing, with IN or a join"
            => "クエリをループの外に出し、INや結合で種類ごとに1回にしてください";
        do_n_plus_one_calls: "Ask for all of them in one call"
            => "1回の呼び出しでまとめて取得してください";
        do_repeated_calls: "Keep the first answer for the rest of the request"
            => "最初の応答をリクエストの終わりまで保持してください";
        do_cacheable_calls: "Possible: cache the answer, if it may be as old as that"
            => "可能性：その程度の古さが許されるなら、応答をキャッシュしてください";
        do_sequential_calls: "Possible: start them together, if the second does not need the first's answer"
            => "可能性：2つ目が1つ目の応答を必要としないなら、同時に開始してください";
        do_chatty_pair: "Offer one call that does the work of many"
            => "多数の処理をまとめて行う呼び出しを用意してください";
        do_large_payload: "Send less: pages, fields, compression"
            => "ページ分割、項目の絞り込み、圧縮で転送量を減らしてください";
        do_slow_external: "Move it off the request's path, or keep its answers"
            => "リクエストの経路から外すか、応答を保持してください";
        do_failing_external: "Put a circuit breaker before it, and retry with growing, random pauses"
            => "サーキットブレーカーを置き、ジッター付き指数バックオフでリトライしてください";
        do_retry_storm: "Retry at one layer only, at most 10 % of the requests, with growing, random pauses"
            => "リトライは1つの層だけ、リクエストの10 %までとし、ジッター付き指数バックオフにしてください";
        do_retry_layers: "Retry at one layer only: let the inner ones hand the failure on at once"
            => "リトライは1つの層だけにし、内側の層は失敗をすぐに返してください";
        do_timeout_too_long: "Give up sooner: no answer took nearly as long"
            => "タイムアウトを短くしてください：それほど長くかかった応答はありません";
        do_timeout_too_short: "Wait longer, or make the callee faster"
            => "タイムアウトを延ばすか、呼び出し先を速くしてください";
        do_timeout_order: "Let the inner call give up before its own caller does"
            => "内側の呼び出しが呼び出し元より先にタイムアウトするようにしてください";
        do_work_after_timeout: "Pass the deadline on, so that the callee stops"
            => "デッドラインを伝播し、呼び出し先が止まるようにしてください";
        do_missing_fallback: "Give the request an answer without it: a default, an older answer, a queue"
            => "これなしでも応答できるようにしてください：既定値、以前の応答、キュー";
        do_blocking_side_effect: "Possible: put it in a queue, if nobody needs its answer"
            => "可能性：応答が不要ならキューに入れてください";
        do_queue_backlog: "Add consumers, or make them faster: messages come faster than they go"
            => "コンシューマーを増やすか速くしてください：処理よりも速くメッセージが届いています";
        do_pool: "Enlarge the pool, or hold connections for less time"
            => "プールを大きくするか、接続の保持時間を短くしてください";
        do_blind_spot: "Add spans inside, to see where the time goes"
            => "内部にスパンを追加し、時間の行き先を確認してください";
        hint_select_star: "It selects all columns: name those that are needed"
            => "全列を選択しています：必要な列を指定してください";
        hint_missing_limit: "Nothing limits how many rows it returns" => "返す行数に制限がありません";
        hint_many_joins: "It joins {n} times" => "結合が{n}回あります";
        hint_leading_wildcard: "LIKE with a leading % can use no index"
            => "先頭が % のLIKEはインデックスを使えません";
        hint_or_across_columns: "OR across columns seldom uses an index: two queries may be faster"
            => "列をまたぐORはインデックスをほとんど使えません：2つのクエリの方が速い場合があります";
        hint_function_on_column: "A function around the column {column} keeps its index from being used"
            => "列 {column} を関数で囲むとインデックスが使われません";
        hint_not_in_subquery: "NOT IN with a query inside: NOT EXISTS is safer and often faster"
            => "サブクエリ付きのNOT IN：NOT EXISTSの方が安全で、多くは高速です";
        hint_order_by_random: "ORDER BY a random number sorts the whole table"
            => "乱数のORDER BYは表全体をソートします";
        hint_distinct_with_join: "DISTINCT over a join: the join may multiply rows needlessly"
            => "結合に対するDISTINCT：結合で行が不要に増えている可能性があります";
        hint_long_in_list: "Its IN list has {n} elements" => "INリストに{n}個の要素があります";
        hint_no_where: "It has no WHERE: it changes every row" => "WHEREがなく、全行を変更します";
        hint_large_offset: "It skips {n} rows to come to its page: ask for what follows a key instead"
            => "ページに達するまで{n}行を読み飛ばします：キー以降を取得する方式にしてください";
        hint_index_candidate: "An index on {table}({columns}) would serve its conditions, if there is none: verify with EXPLAIN"
            => "{table}({columns}) のインデックスがなければ、作ると条件に役立ちます：EXPLAINで確認してください";
        it_calls: "It calls {names}{more}" => "呼び出し先：{names}{more}";
        called_by: "Called by {names}{more}" => "呼び出し元：{names}{more}";
        no_traces_under_this_lens: "There are no traces under this lens"
            => "この条件に合うトレースがありません";
        too_few_requests: "Too few requests to say how things usually are: there are {count}, most advice needs {needed}"
            => "普段の状態を判断するにはリクエストが少なすぎます：{count}件あり、ほとんどの助言には{needed}件が必要です";
        no_root_span: "No trace has a root span of a service, so no saving can be told"
            => "サービスのルートスパンを持つトレースがなく、短縮時間を算出できません";
        savings_one_at_a_time: "Savings are computed one at a time, by replaying requests with that change alone: they do not add up"
            => "短縮時間は変更を1つずつ適用して再計算したもので、合計はできません";
        savings_from_a_sample: "Savings come from a fair sample of at most 128 requests each ({count} traces replayed)"
            => "短縮時間はそれぞれ最大128リクエストの偏りのない標本によります（{count}トレースを再計算）";
        only_120_candidates: "Only the 120 candidates that take most time were replayed"
            => "所要時間の大きい120件の候補だけを再計算しました";
        stopped_early: "Stopped early: only {count} traces were read"
            => "途中で終了：{count}トレースだけを読みました";
    }
}
