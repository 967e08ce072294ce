//! The words of the reader: what it is given and what it gives.

use autobazaaar_domain::{Cents, Currency, words};
use serde::{Deserialize, Serialize};

pub use autobazaaar_domain::message::{Intent, Sentiment, Urgency};

use super::fraud::FraudSign;

words! {
    /// A side of a bargain.
    Party { Buyer = "buyer", Seller = "seller" }
}

impl Party {
    /// The one across the table.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Buyer => Self::Seller,
            Self::Seller => Self::Buyer,
        }
    }
}

words! {
    /// How a message came.
    #[derive(Default)]
    Format {
        /// All of it is the writer's own.
        #[default]
        Text = "text",
        /// It may quote earlier mails and end in a signature.
        Mail = "mail",
    }
}

words! {
    /// How the writer writes.
    Style { Formal = "formal", Casual = "casual", Terse = "terse" }
}

words! {
    /// What the writer worries about.
    Concern {
        Price = "price", Payment = "payment", Pickup = "pickup", Shipping = "shipping",
        Condition = "condition", Timing = "timing", Trust = "trust", OtherBuyers = "other_buyers",
        Firm = "firm",
    }
}

words! {
    /// A message that no person wrote for us.
    Automatic {
        /// Out of office, ticket received.
        AutoReply = "auto_reply",
        /// Ours could not be delivered.
        Bounce = "bounce",
    }
}

/// Something said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// By whom.
    pub party: Party,
    /// As it was said.
    pub text: String,
}

/// A message to read, with what it may refer to. All amounts are minor units of `currency`.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// As it came; the first [`super::MAX_BYTES`] of it are read.
    pub text: &'a str,
    /// Whether quotes and a signature are to be expected.
    pub format: Format,
    /// Who wrote it: the seller of what we would buy, or the buyer of what we sell.
    pub from: Party,
    /// Of all amounts.
    pub currency: Currency,
    /// The ask of the listing.
    pub list_price: Option<Cents>,
    /// Our last offer, where one stands; when we sell, our last counter-offer.
    pub our_offer: Option<Cents>,
    /// What was said before, oldest first.
    pub before: &'a [Utterance],
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub intent: Intent,
    /// The price the writer asks for or agrees to, if the words state one; minor units.
    pub price: Option<Cents>,
    /// How sure the reader is of `intent`, 0 to 1.
    pub confidence: f64,
    /// The writer's own words: no quotes, no signature.
    pub own_text: String,
    pub sentiment: Sentiment,
    /// Without repeats, in the order of [`Concern::ALL`].
    pub concerns: Vec<Concern>,
    pub urgency: Urgency,
    pub style: Style,
    /// The sentence that decided, at most 200 characters.
    pub excerpt: String,
    /// What the writer asks, sentence by sentence, where they ask.
    pub questions: Vec<String>,
    /// The writer wants to hear no more of us: suppress the address.
    pub opt_out: bool,
    /// The writer says that the thing is sold or withdrawn.
    pub gone: bool,
    /// Signs of a fraud, where a seller wrote it; without repeats.
    pub fraud: Vec<FraudSign>,
    /// Nobody wrote this.
    pub automatic: Option<Automatic>,
}

impl Reading {
    /// A reading of which nothing is known but the intent, as tests and simulations make it.
    #[must_use]
    pub fn blank(intent: Intent) -> Self {
        Self {
            intent,
            price: None,
            confidence: 1.0,
            own_text: String::new(),
            sentiment: Sentiment::Neutral,
            concerns: Vec::new(),
            urgency: Urgency::Low,
            style: Style::Casual,
            excerpt: String::new(),
            questions: Vec::new(),
            opt_out: false,
            gone: false,
            fraud: Vec::new(),
            automatic: None,
        }
    }
}
