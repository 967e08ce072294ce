//! Regular expressions that are written here.

use regex::{Regex, RegexBuilder};

/// A pattern of this crate. A test compiles them all; one that does not compile would match
/// nothing.
pub(crate) fn pattern(text: &str) -> Regex {
    let size = 4 << 20;
    let built = RegexBuilder::new(text).size_limit(size).dfa_size_limit(size).build();
    debug_assert!(built.is_ok(), "{text}: {built:?}");
    built.unwrap_or_else(|_| never())
}

#[allow(clippy::expect_used)] // a constant that a test compiles
fn never() -> Regex {
    Regex::new(r"[^\s\S]").expect("a class without members is a valid pattern")
}
