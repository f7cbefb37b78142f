//! The sentences of an advice: what is wrong, what would be saved, what to do; with numbers and units.
use super::is_node;
use crate::analysis::advice::{Advice, AdviceKind as Kind, Basis};
use crate::analysis::statement::QueryHint;
use crate::export::answers::{cell, name_of, subject_text};
use crate::export::line;
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::Nanos;
use crate::texts::{fill, texts};

/// A kind in two or three words.
pub fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::SlowStatement => texts().advice.slow_statement,
        Kind::SlowService => texts().advice.slow_by_itself,
        Kind::FailingService => texts().advice.failures_begin_here,
        Kind::HotInstance => texts().advice.one_odd_instance,
        Kind::NPlusOneQueries => texts().advice.n_plus_one_queries,
        Kind::QueriesInLoop => texts().advice.queries_in_loop,
        Kind::NPlusOneCalls => texts().advice.n_plus_one_calls,
        Kind::RepeatedCalls => texts().advice.repeated_calls,
        Kind::CacheableCalls => texts().advice.cacheable_calls,
        Kind::SequentialCalls => texts().advice.calls_in_sequence,
        Kind::ChattyPair => texts().advice.chatty_pair,
        Kind::LargePayload => texts().advice.large_payload,
        Kind::SlowExternal => texts().advice.slow_external,
        Kind::FailingExternal => texts().advice.failing_external,
        Kind::RetryStorm => texts().advice.retry_storm,
        Kind::RetryLayers => texts().advice.retries_inside_retries,
        Kind::TimeoutTooLong => texts().advice.timeout_too_long,
        Kind::TimeoutTooShort => texts().advice.timeout_too_short,
        Kind::TimeoutOrder => texts().advice.inner_timeout_too_long,
        Kind::WorkAfterTimeout => texts().advice.work_after_the_timeout,
        Kind::MissingFallback => texts().advice.missing_fallback,
        Kind::BlockingSideEffect => texts().advice.blocking_side_effect,
        Kind::QueueBacklog => texts().advice.queue_backlog,
        Kind::PoolWait => texts().advice.waiting_for_a_pool,
        Kind::PoolFull => texts().advice.pool_in_full_use,
        Kind::BlindSpot => texts().advice.blind_spot,
    }
}

/// One line: what, and where.
pub fn title(snapshot: &Snapshot, graph: &ServiceGraph, a: &Advice) -> String {
    let place = subject_text(graph, a.subject);
    match (&a.query, a.kind) {
        (Some(q), _) => format!("{place}: {}, {}", short(a.kind), cell(&q.summary)),
        (None, Kind::PoolFull) => {
            let pool = a.pool.as_ref().filter(|p| !p.name.is_empty());
            format!(
                "{place}: {}{}",
                short(a.kind),
                pool.map_or(String::new(), |p| format!(", {}", cell(&p.name)))
            )
        }
        (None, Kind::HotInstance) => {
            format!("{place}: {}, {}", short(a.kind), cell(snapshot.spans.text(a.instance)))
        }
        _ => format!("{place}: {}", short(a.kind)),
    }
}

/// All sentences, without their full stops.
pub fn reasons(snapshot: &Snapshot, graph: &ServiceGraph, a: &Advice) -> Vec<String> {
    let mut out = vec![claim(snapshot, graph, a)];
    if let Some(q) = a.query.as_ref().filter(|q| !q.fingerprint.is_empty()) {
        out.push(fill(
            texts().advice.the_statement_is,
            &[("statement", &line::plain(&q.fingerprint, 300).replace('`', "'"))],
        ));
    }
    if !a.others.is_empty() {
        let names: Vec<String> = a.others.iter().take(5).map(|n| name_of(graph, *n)).collect();
        let more = if a.others.len() > 5 {
            fill(texts().advice.and_more, &[("count", &(a.others.len() - 5))])
        } else {
            String::new()
        };
        let template = match a.kind {
            Kind::SequentialCalls => texts().advice.it_calls,
            _ => texts().advice.called_by,
        };
        if a.kind == Kind::SequentialCalls || (is_node(a) && a.query.is_some()) {
            out.push(fill(template, &[("names", &names.join(", ")), ("more", &more)]));
        }
    }
    out.extend(saving(a));
    if a.lost >= 1.0 {
        out.push(fill(texts().advice.requests_failed, &[("count", &format_args!("{:.0}", a.lost))]));
    }
    out.push(remedy(a));
    out.extend(a.query.iter().flat_map(|q| &q.hints).map(hint));
    out
}

fn span_lengths(a: &Advice) -> String {
    let f = &a.figures;
    fill(
        texts().advice.on_average,
        &[("average", &length_text(Some(f.average))), ("p95", &length_text(Some(f.p95)))],
    )
}

fn times(n: f64) -> String {
    if n < 10.0 { format!("{n:.1}") } else { format!("{n:.0}") }
}

fn ratio(a: Nanos, b: Option<Nanos>) -> String {
    b.filter(|b| b.0 > 0).map_or("-".to_owned(), |b| times(a.0 as f64 / b.0 as f64))
}

/// What is wrong.
fn claim(snapshot: &Snapshot, graph: &ServiceGraph, a: &Advice) -> String {
    let f = &a.figures;
    let (lengths, each) = (span_lengths(a), times(f.per_request));
    let (path, failed) = (percent_text(Some(f.path_share)), percent_text(Some(f.failed_share)));
    let operation = cell(snapshot.spans.text(a.operation));
    match a.kind {
        Kind::SlowStatement => fill(
            texts().advice.runs_took,
            &[("count", &format_args!("{:.0}", f.calls)), ("lengths", &lengths), ("path", &path)],
        ),
        Kind::SlowService => fill(texts().advice.it_takes, &[("lengths", &lengths), ("path", &path)]),
        Kind::NPlusOneQueries => {
            fill(texts().advice.same_query_runs, &[("each", &each), ("lengths", &lengths)])
        }
        Kind::QueriesInLoop => fill(
            texts().advice.a_loop_asks,
            &[("distinct", &format_args!("{:.0}", f.distinct)), ("each", &each), ("lengths", &lengths)],
        ),
        Kind::NPlusOneCalls => fill(
            texts().advice.is_called_times,
            &[("operation", &operation), ("each", &each), ("lengths", &lengths)],
        ),
        Kind::RepeatedCalls => {
            fill(texts().advice.the_same_request, &[("each", &each), ("lengths", &lengths)])
        }
        Kind::CacheableCalls => fill(
            if f.distinct < 1.5 {
                texts().advice.calls_asked_for_one
            } else {
                texts().advice.calls_asked_for_only
            },
            &[
                ("calls", &format_args!("{:.0}", f.calls)),
                ("distinct", &format_args!("{:.0}", f.distinct.max(1.0))),
                ("lengths", &lengths),
            ],
        ),
        Kind::SequentialCalls => fill(
            texts().advice.reads_run_in_sequence,
            &[
                ("average", &length_text(Some(f.average))),
                ("count", &((100.0 * (1.0 - f.flagged_share)).round())),
            ],
        ),
        Kind::ChattyPair => fill(texts().advice.one_request_makes, &[("each", &each), ("lengths", &lengths)]),
        Kind::LargePayload => fill(
            texts().advice.calls_carried,
            &[("count", &format_args!("{:.0}", f.calls)), ("operation", &operation), ("lengths", &lengths)],
        ),
        Kind::BlockingSideEffect => fill(
            texts().advice.is_waited_for,
            &[("operation", &operation), ("lengths", &lengths), ("path", &path)],
        ),
        Kind::PoolWait => {
            fill(texts().advice.operation_takes, &[("operation", &operation), ("lengths", &lengths)])
        }
        Kind::BlindSpot => {
            fill(texts().advice.no_span_tells, &[("operation", &operation), ("lengths", &lengths)])
        }
        _ => reliability_claim(graph, a, &lengths, &failed),
    }
}

fn reliability_claim(graph: &ServiceGraph, a: &Advice, lengths: &str, failed: &str) -> String {
    let f = &a.figures;
    let flagged = percent_text(Some(f.flagged_share));
    let limit = length_text(f.limit);
    match a.kind {
        Kind::FailingService => fill(texts().advice.a_failure_begins, &[("failed", &failed)]),
        Kind::HotInstance => fill(
            texts().advice.odd_instance,
            &[
                ("p95", &length_text(Some(f.p95))),
                ("others", &length_text(f.compared)),
                ("failed", &failed),
                ("flagged", &flagged),
            ],
        ),
        Kind::SlowExternal => fill(
            texts().advice.calls_took,
            &[("count", &format_args!("{:.0}", f.calls)), ("lengths", &lengths)],
        ),
        Kind::FailingExternal => fill(
            texts().advice.of_calls_failed,
            &[("failed", &failed), ("count", &format_args!("{:.0}", f.calls))],
        ),
        Kind::RetryStorm => {
            fill(texts().advice.each_call_is_attempted, &[("times", &times(f.attempts)), ("failed", &failed)])
        }
        Kind::RetryLayers => fill(
            texts().advice.several_layers_try_again,
            &[("times", &times(f.attempts)), ("failed", &failed)],
        ),
        Kind::PoolFull => pool_claim(a),
        Kind::TimeoutTooLong => fill(
            texts().advice.callers_give_up,
            &[
                ("limit", &limit),
                ("ratio", &ratio(f.limit.unwrap_or_default(), f.compared)),
                ("p99", &length_text(f.compared)),
            ],
        ),
        Kind::TimeoutTooShort => fill(
            texts().advice.calls_run_out_of_time,
            &[("flagged", &flagged), ("limit", &limit), ("p99", &length_text(f.compared))],
        ),
        Kind::TimeoutOrder => {
            fill(texts().advice.it_gives_up_after, &[("limit", &limit), ("length", &length_text(f.compared))])
        }
        Kind::WorkAfterTimeout => {
            fill(texts().advice.callee_works_on, &[("flagged", &flagged), ("lengths", &lengths)])
        }
        Kind::MissingFallback => {
            let whole = percent_text(Some(f.flagged_share));
            fill(texts().advice.requests_fail_with_it, &[("failed", &failed), ("whole", &whole)])
        }
        Kind::QueueBacklog => fill(
            texts().advice.messages_waited,
            &[("second", &length_text(Some(f.p95))), ("first", &length_text(f.compared))],
        ),
        _ => format!("{}: {lengths}", subject_text(graph, a.subject)),
    }
}

/// How full a pool was, as its service measured it.
fn pool_claim(a: &Advice) -> String {
    let Some(pool) = &a.pool else { return texts().advice.all_connections_were_in_use.to_owned() };
    let most = pool
        .used
        .map(|u| fill(texts().advice.up_to_of_its_connections, &[("share", &percent_text(Some(u)))]));
    let waiting = pool
        .pending
        .filter(|n| *n > 0.0)
        .map(|n| fill(texts().advice.up_to_requests_waited, &[("count", &times(n))]));
    let what: Vec<String> = most.into_iter().chain(waiting).collect();
    fill(texts().advice.it_was_full, &[("share", &percent_text(Some(pool.full))), ("what", &what.join(", "))])
}

/// What would be saved, and by what supposition.
fn saving(a: &Advice) -> Option<String> {
    let saving = a.saving?;
    let supposed = match a.basis {
        Basis::AsOftenSeen(quartile) => {
            fill(texts().advice.at_most_p25, &[("length", &length_text(Some(quartile)))])
        }
        Basis::HalfTime => texts().advice.half_as_long.to_owned(),
        Basis::WithoutRepeats => texts().advice.only_the_first.to_owned(),
        Basis::WithoutCalls => texts().advice.none_waited_for.to_owned(),
        Basis::FromCache(hits) => {
            fill(texts().advice.answered_by_a_cache, &[("share", &percent_text(Some(hits)))])
        }
        Basis::SideBySide => texts().advice.started_together.to_owned(),
        Basis::OneWay => texts().advice.on_the_way_once.to_owned(),
        Basis::Limit(limit) => fill(texts().advice.giving_up_after, &[("length", &length_text(Some(limit)))]),
        Basis::LikeOthers(_) => texts().advice.as_fast_as_the_others.to_owned(),
        Basis::None => return None,
    };
    Some(fill(
        texts().advice.replaying_saves,
        &[
            ("count", &a.replayed),
            ("supposed", &supposed),
            ("length", &length_text(Some(saving))),
            ("share", &percent_text(Some(a.saving_share))),
            ("reach", &percent_text(Some(a.reach))),
        ],
    ))
}

/// What to do.
fn remedy(a: &Advice) -> String {
    let text = match a.kind {
        Kind::SlowStatement => texts().advice.do_slow_statement,
        Kind::SlowService => texts().advice.do_slow_service,
        Kind::FailingService => texts().advice.do_failing_service,
        Kind::HotInstance => texts().advice.do_hot_instance,
        Kind::NPlusOneQueries => texts().advice.do_n_plus_one_queries,
        Kind::QueriesInLoop => texts().advice.do_queries_in_loop,
        Kind::NPlusOneCalls => texts().advice.do_n_plus_one_calls,
        Kind::RepeatedCalls => texts().advice.do_repeated_calls,
        Kind::CacheableCalls => texts().advice.do_cacheable_calls,
        Kind::SequentialCalls => texts().advice.do_sequential_calls,
        Kind::ChattyPair => texts().advice.do_chatty_pair,
        Kind::LargePayload => texts().advice.do_large_payload,
        Kind::SlowExternal => texts().advice.do_slow_external,
        Kind::FailingExternal => texts().advice.do_failing_external,
        Kind::RetryStorm => texts().advice.do_retry_storm,
        Kind::RetryLayers => texts().advice.do_retry_layers,
        Kind::TimeoutTooLong => texts().advice.do_timeout_too_long,
        Kind::TimeoutTooShort => texts().advice.do_timeout_too_short,
        Kind::TimeoutOrder => texts().advice.do_timeout_order,
        Kind::WorkAfterTimeout => texts().advice.do_work_after_timeout,
        Kind::MissingFallback => texts().advice.do_missing_fallback,
        Kind::BlockingSideEffect => texts().advice.do_blocking_side_effect,
        Kind::QueueBacklog => texts().advice.do_queue_backlog,
        Kind::PoolWait | Kind::PoolFull => texts().advice.do_pool,
        Kind::BlindSpot => texts().advice.do_blind_spot,
    };
    text.to_owned()
}

fn hint(hint: &QueryHint) -> String {
    match hint {
        QueryHint::SelectStar => texts().advice.hint_select_star.to_owned(),
        QueryHint::MissingLimit => texts().advice.hint_missing_limit.to_owned(),
        QueryHint::ManyJoins(n) => fill(texts().advice.hint_many_joins, &[("n", &n)]),
        QueryHint::LeadingWildcard => texts().advice.hint_leading_wildcard.to_owned(),
        QueryHint::OrAcrossColumns => texts().advice.hint_or_across_columns.to_owned(),
        QueryHint::FunctionOnColumn(column) => {
            fill(texts().advice.hint_function_on_column, &[("column", &cell(column))])
        }
        QueryHint::NotInSubquery => texts().advice.hint_not_in_subquery.to_owned(),
        QueryHint::OrderByRandom => texts().advice.hint_order_by_random.to_owned(),
        QueryHint::DistinctWithJoin => texts().advice.hint_distinct_with_join.to_owned(),
        QueryHint::LongInList(n) => fill(texts().advice.hint_long_in_list, &[("n", &n)]),
        QueryHint::NoWhere => texts().advice.hint_no_where.to_owned(),
        QueryHint::LargeOffset(n) => fill(texts().advice.hint_large_offset, &[("n", &n)]),
        QueryHint::IndexCandidate { table, columns } => fill(
            texts().advice.hint_index_candidate,
            &[("table", &cell(table)), ("columns", &cell(&columns.join(", ")))],
        ),
    }
}
