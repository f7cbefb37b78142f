//! What can be advised: each kind with the work that it takes, how sure its detector is, and its phase.

/// What is wrong, by what would be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdviceKind {
    /// A statement that is slow, or takes much of the database's time.
    SlowStatement,
    /// A service whose own work is slow, not that of its dependencies.
    SlowService,
    /// A service in which requests begin to fail.
    FailingService,
    /// One instance that is slower, or fails more, than the others of its service.
    HotInstance,
    /// The same query again and again, for one row each.
    NPlusOneQueries,
    /// Several queries again and again, in a loop or in a loop inside a loop.
    QueriesInLoop,
    /// The same kind of call again and again, for one thing each.
    NPlusOneCalls,
    /// The same request, to the letter, more than once for one request.
    RepeatedCalls,
    /// The same request, to the letter, for many requests.
    CacheableCalls,
    /// Calls one after the other that may not need each other.
    SequentialCalls,
    /// Many small calls to one callee, which cost more on the way than there.
    ChattyPair,
    /// Large bodies that take long.
    LargePayload,
    /// Something outside that is slow.
    SlowExternal,
    /// Something outside that fails.
    FailingExternal,
    /// Calls that are tried again although most fail.
    RetryStorm,
    /// Calls that are tried again inside calls that are tried again.
    RetryLayers,
    /// Callers that wait far longer than an answer ever took.
    TimeoutTooLong,
    /// Callers that give up although answers were about to come.
    TimeoutTooShort,
    /// A callee that waits for its own callees as long as its caller waits for it, or longer.
    TimeoutOrder,
    /// Callees that work on for callers who gave up.
    WorkAfterTimeout,
    /// Requests that fail whenever something outside does.
    MissingFallback,
    /// A call that its caller waits for without needing the answer.
    BlockingSideEffect,
    /// Messages that wait ever longer.
    QueueBacklog,
    /// Waiting for a connection from a pool.
    PoolWait,
    /// A pool of connections that was all in use, as it measured itself.
    PoolFull,
    /// Much time in a span that tells nothing of what it does.
    BlindSpot,
}

/// How much work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effort {
    /// An index, a limit, a setting.
    Low,
    /// A cache, batches, parallel calls, a circuit breaker.
    Medium,
    /// Another design.
    High,
}

impl Effort {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
    /// Relative cost, for the priority.
    pub(super) fn cost(self) -> f64 {
        match self {
            Self::Low => 1.0,
            Self::Medium => 3.0,
            Self::High => 8.0,
        }
    }
}

/// How much an advice brings, next to the one that brings most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Benefit {
    /// Under 15 % of the best.
    Low,
    /// From 15 %.
    Medium,
    /// From 50 %.
    High,
}

impl Benefit {
    pub(super) fn of(share: f64) -> Self {
        match share {
            s if s >= 0.5 => Self::High,
            s if s >= 0.15 => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// When to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Little work, much gained.
    QuickWins,
    /// Medium work.
    Next,
    /// Much work.
    Later,
    /// Little work, little gained.
    Backlog,
}

impl Phase {
    /// By work and benefit.
    pub(super) fn of(effort: Effort, benefit: Benefit) -> Self {
        match effort {
            Effort::Low if benefit >= Benefit::Medium => Self::QuickWins,
            Effort::Low => Self::Backlog,
            Effort::Medium => Self::Next,
            Effort::High => Self::Later,
        }
    }
    /// 1 to 3; 4 is the backlog.
    pub fn number(self) -> u32 {
        match self {
            Self::QuickWins => 1,
            Self::Next => 2,
            Self::Later => 3,
            Self::Backlog => 4,
        }
    }
}

impl AdviceKind {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::SlowStatement => "slow_statement",
            Self::SlowService => "slow_service",
            Self::FailingService => "failing_service",
            Self::HotInstance => "hot_instance",
            Self::NPlusOneQueries => "n_plus_one_queries",
            Self::QueriesInLoop => "queries_in_loop",
            Self::NPlusOneCalls => "n_plus_one_calls",
            Self::RepeatedCalls => "repeated_calls",
            Self::CacheableCalls => "cacheable_calls",
            Self::SequentialCalls => "sequential_calls",
            Self::ChattyPair => "chatty_pair",
            Self::LargePayload => "large_payload",
            Self::SlowExternal => "slow_external",
            Self::FailingExternal => "failing_external",
            Self::RetryStorm => "retry_storm",
            Self::RetryLayers => "retry_layers",
            Self::TimeoutTooLong => "timeout_too_long",
            Self::TimeoutTooShort => "timeout_too_short",
            Self::TimeoutOrder => "timeout_order",
            Self::WorkAfterTimeout => "work_after_timeout",
            Self::MissingFallback => "missing_fallback",
            Self::BlockingSideEffect => "blocking_side_effect",
            Self::QueueBacklog => "queue_backlog",
            Self::PoolWait => "pool_wait",
            Self::PoolFull => "pool_full",
            Self::BlindSpot => "blind_spot",
        }
    }
    /// The work that it usually takes.
    pub fn effort(self) -> Effort {
        match self {
            Self::SlowStatement
            | Self::TimeoutTooLong
            | Self::TimeoutTooShort
            | Self::TimeoutOrder
            | Self::PoolWait
            | Self::PoolFull
            | Self::RetryStorm
            | Self::RetryLayers
            | Self::BlindSpot
            | Self::HotInstance => Effort::Low,
            Self::SlowService | Self::BlockingSideEffect => Effort::High,
            _ => Effort::Medium,
        }
    }
    /// How sure its detector is, given enough requests.
    pub(super) fn certainty(self) -> f64 {
        match self {
            Self::SlowStatement | Self::NPlusOneQueries | Self::RepeatedCalls | Self::RetryStorm => 0.9,
            Self::HotInstance | Self::FailingExternal | Self::SlowExternal | Self::WorkAfterTimeout => 0.9,
            Self::SlowService | Self::NPlusOneCalls | Self::FailingService => 0.8,
            Self::PoolWait | Self::PoolFull | Self::TimeoutOrder => 0.8,
            Self::QueriesInLoop | Self::RetryLayers => 0.9,
            Self::ChattyPair | Self::MissingFallback | Self::TimeoutTooLong | Self::QueueBacklog => 0.7,
            Self::TimeoutTooShort | Self::LargePayload | Self::BlindSpot => 0.5,
            Self::SequentialCalls | Self::BlockingSideEffect => 0.4,
            Self::CacheableCalls => 0.3,
        }
    }
    /// Whether only somebody who knows the program can say that it may be done.
    pub fn is_possible_only(self) -> bool {
        matches!(self, Self::SequentialCalls | Self::BlockingSideEffect | Self::CacheableCalls)
    }
    /// Whether it promises time, so that a replay must show it.
    pub(super) fn saves_time(self) -> bool {
        !matches!(
            self,
            Self::FailingService
                | Self::LargePayload
                | Self::FailingExternal
                | Self::TimeoutTooShort
                | Self::TimeoutOrder
                | Self::WorkAfterTimeout
                | Self::MissingFallback
                | Self::QueueBacklog
                | Self::PoolFull
                | Self::BlindSpot
        )
    }
}
