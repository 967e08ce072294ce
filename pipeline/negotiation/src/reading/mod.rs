//! Reading a message of the other side: what it wants, and at what price.

mod types;

pub use types::{
    Automatic, Concern, Format, Heard, Intent, Party, Reading, Sentiment, Style, Urgency, Utterance,
};

/// Longer messages are cut: nobody bargains in a book, and every rule is bounded by this.
pub const MAX_BYTES: usize = 64 * 1024;
