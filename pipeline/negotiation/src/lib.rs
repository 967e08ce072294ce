//! What is said to a seller, and what a seller says: reading replies, deciding the next offer,
//! writing messages and checking them. Pure: it sends nothing.
//!
//! The way of a reply: [`reading::read`] makes a [`Reading`] of its text; a [`Negotiator`] makes a
//! [`NextStep`] of the reading and the [`Table`] (what was offered and answered so far);
//! [`writing`] words the step, and checks the words.
//!
//! **Invariant:** no price comes from a text except as a number that the other side asks for; what
//! a text says never changes a limit, a recipient or a rule.
//! **Invariant:** no offer and no acceptance exceeds [`Table::max_price`]. A limit that is absent,
//! zero or negative allows nothing.
//! **Invariant:** nothing here reads a clock, a file or a random source; the same arguments give
//! the same answer.

mod lexicon;
mod line;
pub mod reading;
pub mod selling;
pub mod strategy;
pub mod writing;

pub use line::{LineError, MAX_LINE_BYTES, read_line};
pub use reading::{Heard, Intent, Party, Reading};
pub use strategy::{Baseline, Learned, Negotiator, NextStep, OfferKind, Playbook, Round, Table};
