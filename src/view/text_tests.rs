//! What numbers and names look like.
use expect_test::{Expect, expect};

use super::*;

fn check(lines: impl IntoIterator<Item = String>, expected: Expect) {
    expected.assert_eq(&lines.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn durations() {
    let ns =
        [0.0, 7.0, 999.6, 1_240.0, 89e6, 999.7e6, 1.24e9, 59.9e9, 59.96e9, 125e9, 3_599.6e9, 3_841e9, 2e14];
    check(
        ns.map(duration_ns),
        expect![[r#"
            0 ns
            7 ns
            1 µs
            1.24 µs
            89 ms
            1 s
            1.24 s
            59.9 s
            1 m 00 s
            2 m 05 s
            1 h 00 m
            1 h 04 m
            2 d 07 h"#]],
    );
    check(
        [duration_ms(f64::NAN), duration_ns(-12.5e6)],
        expect![[r#"
        –
        -12.5 ms"#]],
    );
}

#[test]
fn counts_rates_and_sizes() {
    check(
        [0.0, 7.0, 812.0, 999.7, 1_204.0, 12_400.0, 3_100_000.0, 5e16].map(count),
        expect![[r#"
            0
            7
            812
            1 k
            1.2 k
            12.4 k
            3.1 M
            50000 T"#]],
    );
    check(
        [0.0, 0.1, 640.0, 12_400.0].map(rate_per_min),
        expect![[r#"
        0/min
        6/h
        640/min
        12.4 k/min"#]],
    );
    check(
        [412.0, 1_500.0, 3.21e9].map(bytes),
        expect![[r#"
            412 B
            1.5 kB
            3.21 GB"#]],
    );
}

#[test]
fn percents_never_round_to_all_or_nothing() {
    check(
        [0.0, 0.0001, 0.003, 0.078, 0.08, 0.5, 0.9999, 1.0].map(percent),
        expect![[r#"
            0%
            <0.1%
            0.3%
            7.8%
            8%
            50%
            99.9%
            100%"#]],
    );
}

#[test]
fn names_are_cut_in_the_middle_and_made_visible() {
    check(
        [
            elide("recommendation-service", 12),
            elide("short", 5),
            elide("日本語の長い名前です", 5),
            name("a\u{202E}b\nc\u{7F}", 40),
            name(&"x".repeat(100_000), 7),
            about("12 %"),
        ],
        expect![[r#"
            recomm…rvice
            short
            日本…です
            a⟨202E⟩b␊c␡
            xxx…xxx
            ~12 %"#]],
    );
    assert_eq!(name(&"y".repeat(9_999), 10_000).chars().count(), LONGEST);
}
