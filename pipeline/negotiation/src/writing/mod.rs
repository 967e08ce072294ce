//! Wording a step, and checking the words: whoever worded them, template or language model.
//!
//! **Invariant:** a message states the approved price and no other number that the facts do not
//! hold; it says nothing of the owner that the owner's settings do not say; it tells that an
//! agent wrote it, for whom, from where, and how to be left alone.

mod answers;
mod check;
mod claims;
mod compose;
mod html;
mod order;
mod pick;
mod title;
mod voices;

pub use answers::{Answered, Fact, Topic, answer};
pub use check::{Fault, check};
pub use compose::{Message, Wording, WritingError, checked, compose, template};
pub use html::sanitise;
pub use order::{Facts, MessageType, Order, Owner};
pub use title::{plain_title, plain_title_within};

/// Longest subject, characters.
pub const SUBJECT_CHARS: usize = 60;
/// Longest preview, characters.
pub const PREVIEW_CHARS: usize = 100;
/// Longest body before the closing lines, characters.
pub const BODY_CHARS: usize = 1_500;
