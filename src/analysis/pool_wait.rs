//! Does a local span wait for a free connection, worker or place in a pool? Told by its name.
//!
//! Spans have no kind for that, so the names of instrumentations are known by their words: `pool.acquire`,
//! `pg-pool.connect`, `HikariDataSource.getConnection`, `http.getconn`, `HTTP wait_for_connection`.

/// What there are a limited number of.
const PLACES: &[&str] = &["connection", "connections", "conn", "worker", "permit", "slot", "semaphore"];
/// Taking one of them, whatever the pool is called.
const TAKING: &[&str] = &["acquire", "acquiring", "borrow", "lease", "obtain", "wait", "waiting"];
/// The same of what is called a pool.
const OF_A_POOL: &[&str] = &["get", "connect", "checkout", "take"];
/// Names of more words are sentences or statements.
const WORDS: usize = 8;

/// Whether a span with this name waits until it may have one of a limited number of things.
pub(super) fn is_pool_wait(name: &str) -> bool {
    // Nearly all names are done with here: without such letters no rule holds.
    let has =
        |part: &str| name.as_bytes().windows(part.len()).any(|w| w.eq_ignore_ascii_case(part.as_bytes()));
    if name.contains('/') || !["pool", "conn", "worker", "permit", "slot", "semaphore"].into_iter().any(has) {
        return false;
    }
    let words = words(name);
    let any = |of: &[&str]| words.iter().any(|w| of.contains(&w.as_str()));
    let is_pool = any(&["pool"]);
    let is_got = words.windows(2).any(
        |two| matches!(two, [get, what] if get == "get" && ["connection", "conn"].contains(&what.as_str())),
    );
    words.len() <= WORDS
        && (is_got
            || any(&["getconn", "getconnection"])
            || any(TAKING) && (is_pool || any(PLACES))
            || any(OF_A_POOL) && is_pool)
}

/// The words of a name in small letters: what letters and digits stand together, each hump of a camel by itself.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut word, mut was_small) = (String::new(), false);
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_small {
            out.push(std::mem::take(&mut word));
        }
        was_small = c.is_lowercase();
        word.extend(c.is_alphanumeric().then_some(c).into_iter().flat_map(char::to_lowercase));
    }
    out.push(word);
    out.retain(|w| !w.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::is_pool_wait;

    #[test]
    fn names_of_instrumentations_are_known() {
        for name in [
            "worker_pool.acquire",
            "pool.acquire",
            "pg-pool.connect",
            "HikariDataSource.getConnection",
            "http.getconn",
            "HTTP wait_for_connection api.example.com:443",
            "waiting for connection",
            "ConnectionPool.checkout",
            "thread pool wait",
            "acquire permit",
        ] {
            assert!(is_pool_wait(name), "{name}");
        }
    }

    #[test]
    fn work_of_other_names_is_work() {
        for name in [
            "",
            "GET /pool/checkout",
            "pool.statistics",
            "SELECT connections",
            "connect",
            "tcp.connect",
            "lock.acquire",
            "poll_queue wait",
            "render carpool page",
            "get connected devices",
            "worker.run",
        ] {
            assert!(!is_pool_wait(name), "{name}");
        }
    }
}
