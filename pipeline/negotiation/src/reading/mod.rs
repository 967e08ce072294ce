//! Reading a message of the other side: what it wants, and at what price.

mod amounts;
mod fold;
mod numerals;
mod types;

pub(crate) use amounts::amounts_in;

pub use types::{
    Automatic, Concern, Format, Heard, Intent, Party, Reading, Sentiment, Style, Urgency, Utterance,
};

/// Longer messages are cut: nobody bargains in a book, and every rule is bounded by this.
pub const MAX_BYTES: usize = 64 * 1024;
