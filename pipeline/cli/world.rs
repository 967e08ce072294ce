//! Everything that comes from outside the program, in one place.

use std::ffi::OsString;
use std::path::PathBuf;

pub use autobazaaar_domain::Entropy;
use autobazaaar_domain::{Clock, Utc};

/// What a start of the program is given.
pub struct World<'a> {
    /// Arguments, the program's name first.
    pub args: Vec<OsString>,
    /// Environment; names or values that are no Unicode are left out.
    pub variables: Vec<(String, String)>,
    /// The current folder.
    pub current_dir: PathBuf,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Where unpredictable bits come from.
    pub entropy: &'a dyn Entropy,
}

impl World<'_> {
    /// A variable that is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// The computer's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Utc {
        chrono::Utc::now()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        // Keys and ids that anybody could guess are worse than no program.
        #[allow(clippy::expect_used)]
        getrandom::fill(&mut bytes).expect("the operating system gives no randomness");
        u128::from_le_bytes(bytes)
    }
}

/// The same bits every time, for tests and replays.
#[derive(Debug, Clone, Copy)]
pub struct FixedEntropy(pub u128);

impl Entropy for FixedEntropy {
    fn bits(&self) -> u128 {
        self.0
    }
}
