//! Places where a test may kill the process.

use std::fmt;
use std::sync::Arc;

/// What a test does at each place; the place's name is its argument.
pub type FaultHook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// Called before and after each durable write. Without a hook nothing happens.
#[derive(Clone, Default)]
pub(crate) struct Faults(Option<FaultHook>);

impl Faults {
    pub fn new(hook: Option<FaultHook>) -> Self {
        Self(hook)
    }

    /// The program has come here.
    pub fn point(&self, name: &'static str) {
        if let Some(hook) = &self.0 {
            hook(name);
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faults({})", if self.0.is_some() { "a hook" } else { "none" })
    }
}
