//! What the owner could change, by the code of the reason that passed listings.

use super::data::{PassedReason, ReportData};
use super::text::{count, percent};

/// Words in a reason's code and the hint that goes with it; the first that is found counts.
const HINTS: [(&[&str], &str); 12] = [
    (
        &["comparable", "comps", "no_value", "no_estimate", "unvalued"],
        "read more listings of the same kind: each makes the next estimate possible",
    ),
    (&["budget", "capital", "available"], "raise the capital, or sell stock first"),
    (
        &["category_share", "seller_share", "share"],
        "raise the share that one item, category or seller may take",
    ),
    (
        &["no_price", "placeholder", "no_ask", "free", "on_request"],
        "nothing to change: the seller names no real price",
    ),
    (&["margin"], "lower the minimum margin"),
    (&["roi"], "lower the minimum return on the money used"),
    (&["p_loss", "loss"], "raise the highest chance of loss that you accept"),
    (&["risk"], "raise the highest risk that you accept"),
    (
        &["profit", "above_max", "too_expensive", "ask"],
        "lower the minimum net profit, or wait for price drops",
    ),
    (&["demand"], "lower the minimum demand"),
    (&["currency", "rate"], "add a dated exchange rate, or read listings in your own currency"),
    (
        &["sold", "gone", "stale", "presence", "duplicate"],
        "scan more often, to see listings while they are there",
    ),
];

/// The hint for a reason: its own, or the standard one for its code.
pub(super) fn hint(reason: &PassedReason) -> Option<&str> {
    let standard = || HINTS.iter().find(|(words, _)| words.iter().any(|word| reason.code.contains(word)));
    reason.hint.as_deref().or_else(|| standard().map(|(_, hint)| *hint))
}

/// The reasons, commonest first; equal counts by code, so that reports repeat.
pub(super) fn by_count(data: &ReportData) -> Vec<&PassedReason> {
    let mut reasons: Vec<&PassedReason> = data.passed_reasons.iter().collect();
    reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    reasons
}

/// The commonest reasons and what to change, for a day without deals.
pub(super) fn no_deals(data: &ReportData) -> Vec<String> {
    let total = data.considered().max(1);
    let say = |reason: &PassedReason| {
        let share = percent(reason.count as f64 / total as f64);
        let hint = hint(reason).map(|hint| format!(" To change that: {hint}.")).unwrap_or_default();
        format!("{} ({share}) were passed: {}.{hint}", count(reason.count), reason.text)
    };
    by_count(data).into_iter().take(3).map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_its_own_comes_before_the_standard_hint() {
        let reason = |code: &str, hint: Option<&str>| PassedReason {
            code: code.into(),
            text: String::new(),
            count: 1,
            hint: hint.map(Into::into),
        };
        assert_eq!(hint(&reason("min_net_profit", None)), Some(HINTS[8].1));
        assert_eq!(hint(&reason("budget", Some("wait"))), Some("wait"));
        assert_eq!(hint(&reason("zzz", None)), None);
    }
}
