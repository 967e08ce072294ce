//! Pages as a browser shows them: Chromium on this machine, or a remote one, over the same protocol
//! (Chrome DevTools Protocol). The polite client's rules stand in front: policy, pause, robots.txt, rate,
//! places, and the look for blocks afterwards.
//!
//! It is a crate of its own because the protocol's types are many and few commands need them.
//!
//! **Invariant:** the browser says who it is and hides nothing; a challenge is told, never solved.

mod chromium;
mod error;
mod gate;
mod render;

pub use chromium::{Chromium, Launch};
pub use error::BrowserError;
pub use render::{Look, Rendered};

#[cfg(test)]
mod tests;
