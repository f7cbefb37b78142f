//! Many tests at once.

/// The share of false ones that is allowed among all that are called significant.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// Benjamini-Hochberg: for each p-value its adjusted one, in the same order.
///
/// Benjamini and Hochberg, 1995. An adjusted value of at most 0.05 is significant where 5 % false discoveries
/// are allowed.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_unstable_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (place, &i) in order.iter().enumerate().rev() {
        least = least.min(p_values[i] * count / (place + 1) as f64);
        adjusted[i] = least;
    }
    adjusted
}
