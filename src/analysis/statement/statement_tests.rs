//! Statements as senders write them, and what only looks like a hint.
use expect_test::{Expect, expect};

use super::*;

fn of(system: &str, text: &str) -> Statement {
    Statement::of(&Said { system, text, ..Said::default() }, Digits::Keep)
}

fn sql(text: &str) -> String {
    of("postgresql", text).fingerprint
}

fn same(a: &str, b: &str) {
    let (a, b) = (of("postgresql", a), of("postgresql", b));
    assert_eq!((&a.fingerprint, a.key), (&b.fingerprint, b.key));
}

#[test]
fn values_become_marks_and_names_stay() {
    assert_eq!(
        sql(
            "SELECT  a.Id,\n\tb FROM Users a WHERE a.x = 'O''Brien' AND n=-1.5e-3 AND ok = TRUE AND h = 0xFF"
        ),
        "select a.id, b from users a where a.x = ? and n = ? and ok = ? and h = ?"
    );
    for value in
        ["'x'", "1", "?", "$1", ":name", "%s", "%(name)s", "@p1", "NULL", "false", "E'a\\'b'", "$$a'b$$"]
    {
        assert_eq!(
            sql(&format!("select a from t where b = {value} and c")),
            "select a from t where b = ? and c"
        );
    }
    assert_eq!(sql("select $fn$it's; -- $x$ here$fn$, 2"), "select ?, ?");
    assert_eq!(
        sql("select a::int, b where c is null and d is not null and e = null"),
        "select a::int, b where c is null and d is not null and e = ?"
    );
    assert_eq!(
        sql("select t1.c2 from orders_7 limit 10 offset 20;"),
        "select t1.c2 from orders_7 limit ? offset ?"
    );
}

#[test]
fn comments_and_space_do_not_count() {
    same(
        "/* app=shop */ select 1 -- trailing 'quote\n from /* a /* nested */ comment */ t # not here",
        "select 1 from t # not here",
    );
    assert_eq!(of("mysql", "select 1 # it's a comment\nfrom t").fingerprint, "select ? from t");
    assert_eq!(
        of("mysql", "select \"text\", `Odd Name`, `plain` from t").fingerprint,
        "select ?, \"Odd Name\", plain from t"
    );
    assert_eq!(sql("select \"plain\", \"Odd\" from t"), "select plain, \"Odd\" from t");
    assert_eq!(
        of("microsoft.sql_server", "select [Order Id] from [dbo].[t]").fingerprint,
        "select \"Order Id\" from dbo.t"
    );
    assert_eq!(of("mysql", "select 'it\\'s', 2").fingerprint, "select ?, ?");
}

#[test]
fn lists_of_any_length_are_one() {
    same("select a from t where b in (1, 2, 3)", "select a from t where b IN ('x')");
    same(
        "insert into t (a, b) values (1, 2)",
        "insert into t (a, b) VALUES (1, now()), (?, ?), (5, (select 1))",
    );
    assert_eq!(sql("insert into t (a, b) values (1, 2), (3, 4)"), "insert into t(a, b) values (?)");
    assert_eq!(
        sql("select a from t where (x, y) in ((1, 2), (3, 4))"),
        "select a from t where (x, y) in (?)"
    );
    assert_eq!(
        sql("select a from t where b in (select c from d where e = 5)"),
        "select a from t where b in (select c from d where e = ?)"
    );
    same(
        "select a from t where b = 1 union all select a from t where b = 2 union all select a from t where b = 3",
        "select a from t where b = 9",
    );
    assert_eq!(sql("select a from t union select b from u"), "select a from t union select b from u");
}

#[test]
fn the_key_differs_by_product_and_not_by_value() {
    assert_ne!(of("mysql", "select 1").key, of("postgresql", "select 1").key);
    assert_eq!(of("mysql", "select 1").key, of("mysql", "SELECT  2").key);
    let stripped = |text| Statement::of(&Said { system: "mysql", text, ..Said::default() }, Digits::Strip);
    assert_eq!(stripped("select a from orders_7").key, stripped("select a from orders_8").key);
    assert_ne!(of("mysql", "select a from orders_7").key, of("mysql", "select a from orders_8").key);
}

#[test]
fn what_was_cut_off_is_marked() {
    for text in [
        "select a from t wher...",
        "select a from t where b = 'x",
        "select a from t where…",
        "select /* a",
        "select \"a",
    ] {
        assert!(of("postgresql", text).is_truncated, "{text}");
    }
    assert!(!of("postgresql", "select 'a...' from t").is_truncated);
    assert!(of("redis", "SET key value…").is_truncated);
}

#[test]
fn tables_and_operation_and_summary() {
    let check = |text: &str, expected: &str| assert_eq!(of("postgresql", text).summary(), expected, "{text}");
    check(
        "select * from orders o, shop.items i join users u on u.id = o.user_id where x = 1",
        "SELECT orders shop.items users",
    );
    check(
        "WITH recent AS (SELECT id FROM orders) SELECT * FROM recent JOIN users USING (id)",
        "SELECT orders users",
    );
    check("with x as (select 1) update stock set n = 1 from x", "UPDATE stock");
    check("insert into a (x) select y from b", "INSERT a b");
    check("DELETE FROM a USING b WHERE a.id = b.id", "DELETE a");
    check("select extract(year from created) from t for update", "SELECT t");
    check("insert into t values (1) on conflict (id) do update set a = 1", "INSERT t");
    check("select a from t where b is distinct from c", "SELECT t");
    check("select * from generate_series(1, 9)", "SELECT");
    check("select a from (select b from inner_table) s", "SELECT inner_table");
    check("begin", "BEGIN");
    assert!(of("postgresql", "COMMIT").is_control && !of("postgresql", "select 1 from t").is_control);
    assert!(of("postgresql", "select 1 from t").is_read && !of("postgresql", "update t set a = 1").is_read);
}

#[test]
fn other_languages_keep_the_command_and_what_it_is_about() {
    let check = |system: &str, text: &str, expected: Expect| {
        let s = of(system, text);
        expected.assert_eq(&format!("{} | {}", s.fingerprint, s.summary()));
    };
    check("redis", "GET session:8f14e45f-ceea-467f", expect!["GET session:? | GET"]);
    check("redis", "set user:42:name \"Ann Lee\"", expect!["SET user:?:name | SET"]);
    check("redis", "PING", expect!["PING | PING"]);
    check(
        "mongodb",
        r#"{"find": "users", "filter": {"_id": "a\"b", "n": 5, "in": [1, 2, 3]}}"#,
        expect!["find users {find:?,filter:{_id:?,n:?,in:[?]}} | FIND users"],
    );
    check("memcached", "get key_17", expect!["GET ? | GET"]);
    check("", "select a from t where b = 3", expect!["select a from t where b = ? | SELECT t"]);
    check("", "fetch everything 12", expect!["FETCH everything | FETCH"]);
    let bare = Said { system: "mongodb", operation: "find", collection: "users", text: "" };
    assert_eq!(Statement::of(&bare, Digits::Keep).fingerprint, "FIND users");
    let find = Said { system: "mongodb", operation: "find", collection: "users", text: r#"{"_id": "?"}"# };
    let s = Statement::of(&find, Digits::Keep);
    assert_eq!((s.fingerprint.as_str(), s.is_read, s.has_placeholders), ("find users {_id:?}", true, true));
}

fn advise(text: &str) -> Vec<QueryHint> {
    let is_other = |h: &QueryHint| !matches!(h, QueryHint::IndexCandidate { .. });
    hints("mysql", text, None).into_iter().filter(is_other).collect()
}

#[test]
fn a_star_counts_only_in_a_select_list() {
    use QueryHint::{MissingLimit, SelectStar};
    assert_eq!(advise("select * from t limit 5"), [SelectStar]);
    assert_eq!(advise("select a, t.* from t where id = 3"), [SelectStar]);
    assert_eq!(advise("select distinct * from t where id = 3"), [SelectStar]);
    assert_eq!(advise("select count(*) from t"), []);
    assert_eq!(advise("select a * 2, b from t where id = 1"), []);
    assert_eq!(advise("select 'SELECT * FROM x', `select *` from t where id = 1"), []);
    assert_eq!(advise("select a from t where exists (select * from u) limit 1"), [SelectStar]);
    assert_eq!(advise("select a from t"), [MissingLimit]);
}

#[test]
fn a_limit_is_missed_only_where_rows_are_not_bounded() {
    for bounded in [
        "select a from t limit 5",
        "select a from t where id = 7",
        "select a from t where o.user_id = ?",
        "select a from t where product_id in (?, ?)",
        "select count(*), max(b) from t where c = 4",
        "select a from t fetch first 5 rows only",
        "select top 5 a from t",
        "select 1",
    ] {
        assert!(!advise(bounded).contains(&QueryHint::MissingLimit), "{bounded}");
    }
    for unbounded in
        ["select a from t where b = 4", "select b, count(*) from t group by b", "select max_price from t"]
    {
        assert!(advise(unbounded).contains(&QueryHint::MissingLimit), "{unbounded}");
    }
    assert!(
        hints("mysql", "select a from t where b = 1", Some(12.0))
            .iter()
            .all(|h| *h != QueryHint::MissingLimit)
    );
    assert!(hints("mysql", "select a from t where b = 1", Some(5_000.0)).contains(&QueryHint::MissingLimit));
}

#[test]
fn other_hints_and_what_only_looks_like_them() {
    use QueryHint as H;
    let bounded = |rest: &str| advise(&format!("select a from t {rest} limit 1"));
    assert_eq!(bounded("join b join c join d join e"), [H::ManyJoins(4)]);
    assert_eq!(bounded("join b join c join d where x = 'JOIN JOIN JOIN'"), []);
    assert_eq!(bounded("where n like '%x'"), [H::LeadingWildcard]);
    assert_eq!(bounded("where n like 'x%' or n like ?"), []);
    assert_eq!(bounded("where b = 1 or c = 2"), [H::OrAcrossColumns]);
    assert_eq!(bounded("where b = 1 or b = 2"), []);
    assert_eq!(bounded("where lower(Email) = 'x'"), [H::FunctionOnColumn("email".into())]);
    assert_eq!(bounded("where email = lower('x') and (a = 1)"), []);
    assert_eq!(bounded("where b not in (select c from d)"), [H::NotInSubquery]);
    assert_eq!(bounded("where b in (select c from d)"), []);
    assert_eq!(bounded("order by rand()"), [H::OrderByRandom]);
    assert_eq!(bounded("order by random_column"), []);
    assert_eq!(advise("select distinct a from t join b limit 1"), [H::DistinctWithJoin]);
    let list = vec!["?"; 101].join(",");
    assert_eq!(bounded(&format!("where b in ({list})")), [H::LongInList(101)]);
    assert_eq!(advise("delete from t"), [H::NoWhere]);
    assert_eq!(advise("update t set a = 1 where id = 4"), []);
    assert_eq!(advise("select a from t limit 10 offset 50000"), [H::LargeOffset(50_000)]);
    assert_eq!(advise("select a from t limit 10 offset 50"), []);
}

#[test]
fn an_index_is_proposed_with_equality_before_range() {
    let index = |text: &str| {
        hints("postgresql", text, None).into_iter().find_map(|h| match h {
            QueryHint::IndexCandidate { table, columns } => Some(format!("{table}({})", columns.join(", "))),
            _ => None,
        })
    };
    let text = "select * from orders o where o.created > ? and o.status = ? and user_id in (?, ?) order by x";
    assert_eq!(index(text).as_deref(), Some("orders(status, user_id, created)"));
    assert_eq!(index("update stock set n = 5 where product_id = 3").as_deref(), Some("stock(product_id)"));
    assert_eq!(index("select * from a where b = 1 or c = 2"), None);
    assert_eq!(index("select * from a"), None);
}

#[test]
fn no_text_breaks_it() {
    for text in [
        "",
        "   ",
        "'",
        "\"",
        "$",
        "$$",
        "$a$",
        "(",
        ")))",
        "--",
        "/*",
        "%",
        "%(",
        ":",
        "@",
        "in (",
        "values",
        "é…",
        "with",
        "select * from",
        "union union",
        "from from ,",
        "E'",
        "0x",
        "1e",
        "\\",
        "'\\",
    ] {
        for system in ["postgresql", "mysql", "redis", "mongodb", "sqlite", ""] {
            of(system, text);
            hints(system, text, None);
        }
    }
}
