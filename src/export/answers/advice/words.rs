//! The sentences of an advice: what is wrong, what would be saved, what to do; with numbers and units.
use super::is_node;
use crate::analysis::advice::{Advice, AdviceKind as Kind, Basis};
use crate::analysis::statement::QueryHint;
use crate::export::answers::{cell, name_of, subject_text};
use crate::export::line;
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::Nanos;

/// A kind in two or three words.
pub fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::SlowStatement => "slow statement",
        Kind::SlowService => "slow by itself",
        Kind::FailingService => "failures begin here",
        Kind::HotInstance => "one odd instance",
        Kind::NPlusOneQueries => "N+1 queries",
        Kind::QueriesInLoop => "M·N+1 queries",
        Kind::NPlusOneCalls => "N+1 calls",
        Kind::RepeatedCalls => "repeated calls",
        Kind::CacheableCalls => "cacheable calls (possible)",
        Kind::SequentialCalls => "calls in sequence (possible)",
        Kind::ChattyPair => "chatty pair",
        Kind::LargePayload => "large payload",
        Kind::SlowExternal => "slow external",
        Kind::FailingExternal => "failing external",
        Kind::RetryStorm => "retry storm",
        Kind::RetryLayers => "retries inside retries",
        Kind::TimeoutTooLong => "timeout too long",
        Kind::TimeoutTooShort => "timeout too short",
        Kind::TimeoutOrder => "inner timeout too long",
        Kind::WorkAfterTimeout => "work after the timeout",
        Kind::MissingFallback => "missing fallback",
        Kind::BlockingSideEffect => "blocking side effect (possible)",
        Kind::QueueBacklog => "queue backlog",
        Kind::PoolWait => "waiting for a pool",
        Kind::PoolFull => "pool in full use",
        Kind::BlindSpot => "blind spot",
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
        out.push(format!("The statement is `{}`", line::plain(&q.fingerprint, 300).replace('`', "'")));
    }
    if !a.others.is_empty() {
        let names: Vec<String> = a.others.iter().take(5).map(|n| name_of(graph, *n)).collect();
        let more =
            if a.others.len() > 5 { format!(" and {} more", a.others.len() - 5) } else { String::new() };
        let verb = if a.kind == Kind::SequentialCalls { "It calls" } else { "Called by" };
        if a.kind == Kind::SequentialCalls || (is_node(a) && a.query.is_some()) {
            out.push(format!("{verb} {}{more}", names.join(", ")));
        }
    }
    out.extend(saving(a));
    if a.lost >= 1.0 {
        out.push(format!("{:.0} requests failed that it was part of", a.lost));
    }
    out.push(remedy(a));
    out.extend(a.query.iter().flat_map(|q| &q.hints).map(hint));
    out
}

fn span_lengths(a: &Advice) -> String {
    let f = &a.figures;
    format!("{} on average, 95th percentile {}", length_text(Some(f.average)), length_text(Some(f.p95)))
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
        Kind::SlowStatement => {
            format!(
                "{:.0} runs took {lengths}; {path} of the time of their requests was waited for them",
                f.calls
            )
        }
        Kind::SlowService => {
            format!("It takes {lengths}, and {path} of the time of its requests is its own work")
        }
        Kind::NPlusOneQueries => {
            format!("The same query runs {each} times one after the other in one request, {lengths}")
        }
        Kind::QueriesInLoop => format!(
            "A loop asks {:.0} different things, {each} times in all in one request, one after the other, {lengths}",
            f.distinct
        ),
        Kind::NPlusOneCalls => {
            format!("{operation} is called {each} times one after the other in one request, {lengths}")
        }
        Kind::RepeatedCalls => {
            format!("The same request, to the letter, is made {each} times for one request, {lengths}")
        }
        Kind::CacheableCalls => format!(
            "{:.0} calls asked for only {:.0} different things, {lengths}",
            f.calls,
            f.distinct.max(1.0)
        ),
        Kind::SequentialCalls => format!(
            "Reads that take {} on average run one after the other in {} of 100 requests, never beside each other",
            length_text(Some(f.average)),
            (100.0 * (1.0 - f.flagged_share)).round()
        ),
        Kind::ChattyPair => format!("One request makes {each} calls, {lengths}, much of it on the way"),
        Kind::LargePayload => format!("{:.0} calls of {operation} carried over 1 MB, {lengths}", f.calls),
        Kind::BlockingSideEffect => {
            format!("{operation} is waited for, {lengths}, {path} of the time of its requests")
        }
        Kind::PoolWait => format!("{operation} takes {lengths}"),
        Kind::BlindSpot => format!("{operation} takes {lengths}, and no span tells what it does meanwhile"),
        _ => reliability_claim(graph, a, &lengths, &failed),
    }
}

fn reliability_claim(graph: &ServiceGraph, a: &Advice, lengths: &str, failed: &str) -> String {
    let f = &a.figures;
    let flagged = percent_text(Some(f.flagged_share));
    let limit = length_text(f.limit);
    match a.kind {
        Kind::FailingService => {
            format!("In {failed} of its requests a failure begins that nothing it called explains")
        }
        Kind::HotInstance => format!(
            "Its 95th percentile is {}, that of the other instances {}; {failed} of its requests fail, of theirs {flagged}",
            length_text(Some(f.p95)),
            length_text(f.compared)
        ),
        Kind::SlowExternal => format!("{:.0} calls took {lengths}", f.calls),
        Kind::FailingExternal => {
            format!("{failed} of {:.0} calls failed, not counting refused ones", f.calls)
        }
        Kind::RetryStorm => {
            format!("Each call is attempted {} times, and {failed} of the attempts fail", times(f.attempts))
        }
        Kind::RetryLayers => format!(
            "Several layers try again: one call becomes {} attempts here, and {failed} of them fail",
            times(f.attempts)
        ),
        Kind::PoolFull => pool_claim(a),
        Kind::TimeoutTooLong => format!(
            "Callers give up after {limit}, {} times the 99th percentile of answers ({})",
            ratio(f.limit.unwrap_or_default(), f.compared),
            length_text(f.compared)
        ),
        Kind::TimeoutTooShort => format!(
            "{flagged} of the calls run out of time after {limit}, while the 99th percentile of answers is {}",
            length_text(f.compared)
        ),
        Kind::TimeoutOrder => format!(
            "It gives up after {limit}, while its own caller waits only {}: the work in between is for nobody",
            length_text(f.compared)
        ),
        Kind::WorkAfterTimeout => {
            format!("In {flagged} of the calls the callee works on after its caller gave up, for {lengths}")
        }
        Kind::MissingFallback => {
            let whole = percent_text(Some(f.flagged_share));
            format!("{failed} of the calls fail, and {whole} of the requests behind them fail with it")
        }
        Kind::QueueBacklog => format!(
            "Messages waited {} (95th percentile) in the second half of the window, {} in the first",
            length_text(Some(f.p95)),
            length_text(f.compared)
        ),
        _ => format!("{}: {lengths}", subject_text(graph, a.subject)),
    }
}

/// How full a pool was, as its service measured it.
fn pool_claim(a: &Advice) -> String {
    let Some(pool) = &a.pool else { return "All connections were in use".to_owned() };
    let most = pool.used.map(|u| format!("up to {} of its connections were in use", percent_text(Some(u))));
    let waiting = pool.pending.filter(|n| *n > 0.0).map(|n| format!("up to {} requests waited", times(n)));
    let what: Vec<String> = most.into_iter().chain(waiting).collect();
    format!(
        "By its own measurements it was full for {} of the time: {}",
        percent_text(Some(pool.full)),
        what.join(", ")
    )
}

/// What would be saved, and by what supposition.
fn saving(a: &Advice) -> Option<String> {
    let saving = a.saving?;
    let supposed = match a.basis {
        Basis::AsOftenSeen(quartile) => {
            format!("each taking at most {}, its own 25th percentile", length_text(Some(quartile)))
        }
        Basis::HalfTime => "its own work taking half as long (an assumption, not a promise)".to_owned(),
        Basis::WithoutRepeats => "only the first of them".to_owned(),
        Basis::WithoutCalls => "none of them waited for".to_owned(),
        Basis::FromCache(hits) => format!("{} of them answered by a cache", percent_text(Some(hits))),
        Basis::SideBySide => "them started together".to_owned(),
        Basis::OneWay => "the time on the way spent once".to_owned(),
        Basis::Limit(limit) => format!("callers giving up after {}", length_text(Some(limit))),
        Basis::LikeOthers(_) => "the instance as fast as the others".to_owned(),
        Basis::None => return None,
    };
    Some(format!(
        "Replaying {} requests with {supposed} saves {} per request ({} of their time); {} of all requests have it",
        a.replayed,
        length_text(Some(saving)),
        percent_text(Some(a.saving_share)),
        percent_text(Some(a.reach))
    ))
}

/// What to do.
fn remedy(a: &Advice) -> String {
    let text = match a.kind {
        Kind::SlowStatement => "Look at its plan, its index and how much it reads",
        Kind::SlowService => "Profile it: the time is its own, not its dependencies'",
        Kind::FailingService => "Look at the failing spans: the error begins there",
        Kind::HotInstance => "Compare its host, version and load with the others, or take it out",
        Kind::NPlusOneQueries => "Ask for all rows in one query, with IN or a join",
        Kind::QueriesInLoop => "Take the queries out of the loop: one for each thing, with IN or a join",
        Kind::NPlusOneCalls => "Ask for all of them in one call",
        Kind::RepeatedCalls => "Keep the first answer for the rest of the request",
        Kind::CacheableCalls => "Possible: cache the answer, if it may be as old as that",
        Kind::SequentialCalls => {
            "Possible: start them together, if the second does not need the first's answer"
        }
        Kind::ChattyPair => "Offer one call that does the work of many",
        Kind::LargePayload => "Send less: pages, fields, compression",
        Kind::SlowExternal => "Move it off the request's path, or keep its answers",
        Kind::FailingExternal => "Put a circuit breaker before it, and retry with growing, random pauses",
        Kind::RetryStorm => {
            "Retry at one layer only, at most 10 % of the requests, with growing, random pauses"
        }
        Kind::RetryLayers => "Retry at one layer only: let the inner ones hand the failure on at once",
        Kind::TimeoutTooLong => "Give up sooner: no answer took nearly as long",
        Kind::TimeoutTooShort => "Wait longer, or make the callee faster",
        Kind::TimeoutOrder => "Let the inner call give up before its own caller does",
        Kind::WorkAfterTimeout => "Pass the deadline on, so that the callee stops",
        Kind::MissingFallback => "Give the request an answer without it: a default, an older answer, a queue",
        Kind::BlockingSideEffect => "Possible: put it in a queue, if nobody needs its answer",
        Kind::QueueBacklog => "Add consumers, or make them faster: messages come faster than they go",
        Kind::PoolWait | Kind::PoolFull => "Enlarge the pool, or hold connections for less time",
        Kind::BlindSpot => "Add spans inside, to see where the time goes",
    };
    text.to_owned()
}

fn hint(hint: &QueryHint) -> String {
    match hint {
        QueryHint::SelectStar => "It selects all columns: name those that are needed".to_owned(),
        QueryHint::MissingLimit => "Nothing limits how many rows it returns".to_owned(),
        QueryHint::ManyJoins(n) => format!("It joins {n} times"),
        QueryHint::LeadingWildcard => "LIKE with a leading % can use no index".to_owned(),
        QueryHint::OrAcrossColumns => {
            "OR across columns seldom uses an index: two queries may be faster".to_owned()
        }
        QueryHint::FunctionOnColumn(column) => {
            format!("A function around the column {} keeps its index from being used", cell(column))
        }
        QueryHint::NotInSubquery => {
            "NOT IN with a query inside: NOT EXISTS is safer and often faster".to_owned()
        }
        QueryHint::OrderByRandom => "ORDER BY a random number sorts the whole table".to_owned(),
        QueryHint::DistinctWithJoin => {
            "DISTINCT over a join: the join may multiply rows needlessly".to_owned()
        }
        QueryHint::LongInList(n) => format!("Its IN list has {n} elements"),
        QueryHint::NoWhere => "It has no WHERE: it changes every row".to_owned(),
        QueryHint::LargeOffset(n) => {
            format!("It skips {n} rows to come to its page: ask for what follows a key instead")
        }
        QueryHint::IndexCandidate { table, columns } => format!(
            "An index on {}({}) would serve its conditions, if there is none: verify with EXPLAIN",
            cell(table),
            cell(&columns.join(", "))
        ),
    }
}
