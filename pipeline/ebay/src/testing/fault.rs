//! What goes wrong on demand.

/// A fault of the server. What it says of an effect is what real servers do: they may carry a call out
/// and still not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Carries the call out, then never answers.
    TimeOutAfter,
    /// Never answers and does nothing.
    TimeOutBefore,
    /// Carries the call out, then answers with status 500.
    ErrorAfter,
    /// Status 500 and nothing done.
    ErrorBefore,
    /// Status 429 with so many seconds in Retry-After; nothing done.
    TooMany(u64),
    /// Carries the call out and answers with half of the JSON.
    Malformed,
}

impl Fault {
    pub(super) fn carries_out(self) -> bool {
        matches!(self, Self::TimeOutAfter | Self::ErrorAfter | Self::Malformed)
    }
}

/// A fault for the calls whose method and path begin so, for so many of them.
#[derive(Debug)]
pub(super) struct Planned {
    pub method: String,
    pub path: String,
    pub fault: Fault,
    pub times: u32,
}

/// The next fault planned for a call.
pub(super) fn due(planned: &mut Vec<Planned>, method: &str, path: &str) -> Option<Fault> {
    let at = planned.iter().position(|p| p.method == method && path.contains(&p.path) && p.times > 0)?;
    planned[at].times -= 1;
    let fault = planned[at].fault;
    planned.retain(|p| p.times > 0);
    Some(fault)
}
