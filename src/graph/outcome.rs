//! How a call ended: the classes in which failures are counted.

/// How a call or a request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// It worked, or nobody said that it did not.
    #[default]
    Success,
    /// The caller ran out of time.
    Timeout,
    /// Could not be reached: refused, reset, DNS, 502, 503.
    Unavailable,
    /// Turned away for load: 429, RESOURCE_EXHAUSTED.
    Throttled,
    /// Given up on by its own caller: 499, CANCELLED.
    Cancelled,
    /// The callee failed: 5xx, INTERNAL, UNKNOWN, DATA_LOSS.
    ServerError,
    /// The request was wrong: other 4xx, INVALID_ARGUMENT, NOT_FOUND.
    ClientError,
    /// A database refused or failed the statement.
    DbError,
    /// Failed in a way that only the application knows.
    AppError,
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = Self::AppError as usize + 1;
    /// All failures, in the order of the enum.
    pub const FAILURES: [Self; Self::COUNT - 1] = [
        Self::Timeout,
        Self::Unavailable,
        Self::Throttled,
        Self::Cancelled,
        Self::ServerError,
        Self::ClientError,
        Self::DbError,
        Self::AppError,
    ];
    /// Whether it counts as an error.
    pub fn is_failure(self) -> bool {
        self != Self::Success
    }
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Throttled => "throttled",
            Self::Cancelled => "cancelled",
            Self::ServerError => "server_error",
            Self::ClientError => "client_error",
            Self::DbError => "db_error",
            Self::AppError => "app_error",
        }
    }
}
