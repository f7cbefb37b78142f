//! Against values computed with scipy 1.17 and numpy 2.
use super::*;

const BEFORE: [f64; 7] = [12.1, 14.3, 9.8, 11.0, 15.2, 13.3, 10.4];
const AFTER: [f64; 6] = [15.9, 13.9, 17.2, 16.1, 12.8, 18.8];
const TIED_BEFORE: [f64; 12] = [1., 2., 2., 3., 4., 4., 5., 6., 7., 8., 9., 9.];
const TIED_AFTER: [f64; 10] = [2., 4., 5., 6., 6., 7., 9., 10., 11., 12.];
const TAILS: [Tail; 3] = [Tail::Greater, Tail::Less, Tail::Both];

#[track_caller]
fn near(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-9 + want.abs() * 1e-7, "{got} is not {want}");
}

#[track_caller]
fn each(test: impl Fn(Tail) -> Option<Test>, statistic: f64, p_values: [f64; 3]) {
    for (tail, p) in TAILS.into_iter().zip(p_values) {
        let got = test(tail).unwrap();
        near(got.statistic, statistic);
        near(got.p_value, p);
    }
}

#[test]
fn mann_whitney_is_that_of_scipy() {
    let exact = [0.011_072_261_072_261, 0.993_006_993_006_993, 0.022_144_522_144_522_1];
    each(|t| mann_whitney(&BEFORE, &AFTER, t), 37.0, exact);
    let asymptotic = [0.059_678_372_745_472_9, 0.947_785_941_223_927, 0.119_356_745_490_946];
    each(|t| mann_whitney(&TIED_BEFORE, &TIED_AFTER, t), 84.0, asymptotic);
    assert_eq!(mann_whitney(&[], &[1.0], Tail::Both), None);
    assert_eq!(mann_whitney(&[2.0; 9], &[2.0; 9], Tail::Both), None, "constant");
}

#[test]
fn counted_classes_are_ties() {
    let classes: Vec<(f64, f64)> = (1..=12)
        .map(|v| {
            let count = |all: &[f64]| all.iter().filter(|x| **x == f64::from(v)).count() as f64;
            (count(&TIED_BEFORE), count(&TIED_AFTER))
        })
        .collect();
    for tail in TAILS {
        assert_eq!(mann_whitney_counts(&classes, tail), mann_whitney(&TIED_BEFORE, &TIED_AFTER, tail));
    }
    assert_eq!(mann_whitney_counts(&[(3.0, 0.0)], Tail::Both), None);
}

#[test]
fn brunner_munzel_is_that_of_scipy() {
    let p = [0.001_557_406_810_747_78, 0.998_442_593_189_252, 0.003_114_813_621_495_57];
    each(|t| brunner_munzel(&BEFORE, &AFTER, t), 3.888_201_414_050_01, p);
    let p = [0.050_143_926_118_191_3, 0.949_856_073_881_809, 0.100_287_852_236_383];
    each(|t| brunner_munzel(&TIED_BEFORE, &TIED_AFTER, t), 1.730_503_805_199_18, p);
    let apart = brunner_munzel(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], Tail::Greater).unwrap();
    near(apart.p_value, 1.0 / 20.0);
}

#[test]
fn effect_sizes_have_sign_and_unit() {
    near(hodges_lehmann(&BEFORE, &AFTER).unwrap(), 3.55);
    near(cliffs_delta(&TIED_BEFORE, &TIED_AFTER).unwrap(), 0.4);
    near(cliffs_delta(&[1.0, 2.0], &[3.0]).unwrap(), 1.0);
    let many: Vec<f64> = (0..5000).map(f64::from).collect();
    let moved: Vec<f64> = many.iter().map(|v| v + 40.0).collect();
    assert!((hodges_lehmann(&many, &moved).unwrap() - 40.0).abs() < 0.5);
    assert_eq!(hodges_lehmann(&[], &many), None);
}

#[test]
fn proportions_are_those_of_scipy() {
    near(binomial_at_least(7, 20, 0.1), 0.002_386_089_408_966_12);
    near(binomial_at_least(3, 1000, 0.001), 0.080_209_342_840_201);
    assert!((binomial_at_least(60, 500, 0.05) / 5.712_717_167_998e-10 - 1.0).abs() < 1e-6);
    assert_eq!([binomial_at_least(0, 0, 0.5), binomial_at_least(1, 3, 0.0)], [1.0, 0.0]);
    let p = [0.009_982_917_277_715_95, 0.999_129_741_122_755, 0.019_965_834_555_431_9];
    each(|t| fisher_exact((1, 200), (9, 200), t), 0.04, p);
    let p = [0.032_416_580_803_677_6, 0.995_819_132_915_907, 0.064_833_161_607_355_2];
    each(|t| fisher_exact((2, 20), (8, 20), t), 0.3, p);
    let z = two_proportion_z((20, 1000), (45, 1200), Tail::Greater).unwrap();
    near(z.statistic, 2.413_706_134_016_14);
    near(z.p_value, 0.007_895_596_357_187_92);
    assert_eq!(compare_proportions((20, 1000), (45, 1200), Tail::Greater), Some(z));
    let few = ((1, 200), (7, 200));
    assert_eq!(
        compare_proportions(few.0, few.1, Tail::Greater),
        fisher_exact(few.0, few.1, Tail::Greater),
        "4 hits expected on each side",
    );
}

#[test]
fn the_highest_share_of_no_hits_is_what_leaves_so_many_trials_without_one() {
    let bound = upper_share(0, 600, 0.001);
    assert!((bound - (1.0 - 0.001f64.powf(1.0 / 600.0))).abs() < 1e-6, "{bound}");
    // With it, so few hits are just as probable as that: the sum of the first four terms.
    let p = upper_share(3, 50, 0.05);
    let terms =
        [1.0, 50.0, 1_225.0, 19_600.0].iter().zip(0..).map(|(c, k)| c * p.powi(k) * (1.0 - p).powi(50 - k));
    assert!((terms.sum::<f64>() - 0.05).abs() < 1e-6, "{p}");
    assert_eq!((upper_share(5, 5, 0.01), upper_share(0, 0, 0.01)), (1.0, 1.0));
}

#[test]
fn intervals_of_shares() {
    let w = wilson(3.0, 50.0).unwrap();
    near(w.low, 0.020_614_970_348_974);
    near(w.high, 0.162_170_916_888_382);
    let w = wilson(0.0, 20.0).unwrap();
    assert_eq!(w.low, 0.0);
    near(w.high, 0.161_125_158_052_819);
    assert_eq!(wilson(0.0, 0.0), None);
    // Newcombe's own example (a): 56/70 less 48/80 is 0.2, from 0.0524 to 0.3339.
    let n = newcombe((48.0, 80.0), (56.0, 70.0)).unwrap();
    assert_eq!((format!("{:.4}", n.low), format!("{:.4}", n.high)), ("0.0524".into(), "0.3339".into()));
}

#[test]
fn false_discoveries_are_those_of_scipy() {
    let adjusted = benjamini_hochberg(&[0.001, 0.04, 0.03, 0.2, 0.012]);
    for (got, want) in adjusted.iter().zip([0.005, 0.05, 0.05, 0.2, 0.03]) {
        near(*got, want);
    }
    assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
}

#[test]
fn trends_do_not_follow_one_wild_value() {
    let y = [1.0, 2.5, 2.0, 4.2, 5.0, 4.8, 7.0, 30.0, 8.1, 9.5];
    let points: Vec<(f64, f64)> = (0..10).map(f64::from).zip(y).collect();
    let line = theil_sen(&points).unwrap();
    near(line.slope, 14.0 / 15.0);
    near(line.intercept, 0.7);
    let s = spearman(&points).unwrap();
    near(s.rho, 0.939_393_939_393_939);
    near(s.p_value, 5.484_052_998_513_67e-5);
    let tied = spearman(&[(1., 3.), (2., 1.), (2., 4.), (3., 4.), (5., 9.)]).unwrap();
    near(tied.p_value, 0.133_339_119_531_806);
    assert_eq!(spearman(&[(1.0, 1.0); 5]), None);
    assert_eq!(theil_sen(&[(1.0, 1.0), (1.0, 2.0)]), None);
    // 41 pairs rise and 4 fall; z = 36 / sqrt(125).
    let kendall = mann_kendall(&y, Tail::Both).unwrap();
    near(kendall.statistic, 37.0);
    near(kendall.p_value, 0.001_282_183_741_805_3);
    assert_eq!(mann_kendall(&[3.0; 8], Tail::Both), None);
}

#[test]
fn quantiles_are_those_of_numpy() {
    let values = [3., 1., 4., 1., 5., 9., 2., 6.];
    near(quantile(&values, 0.9).unwrap(), 6.9);
    near(median(&values).unwrap(), 3.5);
    near(median_absolute_deviation(&[1., 2., 3., 4., 100.]).unwrap(), 1.0);
    assert_eq!(median(&[]), None);
    assert_eq!(finite(&[1.0, f64::NAN, f64::INFINITY]), [1.0]);
}

#[test]
fn an_interval_of_blocks_covers_the_truth_as_often_as_it_says() {
    let mut random = Generator::new(1);
    let mut covered = 0;
    for round in 0..200 {
        // Blocks that are alike within: their number counts, not that of their values.
        let mut blocks = |mean: f64| (0..20).map(|_| mean + random.normal()).collect::<Vec<f64>>();
        let (before, after) = (blocks(5.0), blocks(7.0));
        let mean = |drawn: &[u32], of: &[f64]| {
            drawn.iter().zip(of).map(|(n, v)| f64::from(*n) * v).sum::<f64>() / of.len() as f64
        };
        let interval = block_bootstrap(20, 20, 400, round, |b, a| Some(mean(a, &after) - mean(b, &before)));
        let interval = interval.unwrap();
        covered += i32::from(interval.low <= 2.0 && 2.0 <= interval.high);
    }
    assert!((180..=198).contains(&covered), "{covered} of 200");
    assert_eq!(block_bootstrap(0, 3, 10, 1, |_, _| Some(1.0)), None);
    assert_eq!(bootstrap(10, 1, |_| None), None);
}

#[test]
fn the_generator_is_the_published_one() {
    // splitmix64 with seed 1234567, as in the reference implementation's test vectors.
    let mut g = Generator::new(1_234_567);
    assert_eq!([g.bits(), g.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    assert!((0..1000).all(|_| g.below(7) < 7));
}
