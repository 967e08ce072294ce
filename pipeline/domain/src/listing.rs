//! What a venue showed.

use serde::{Deserialize, Serialize};

use crate::hash::FieldHasher;
use crate::{Attributes, Cents, Currency, ListingKey, ObservationId, RunId, Utc};

/// An enum whose values have one spelling in Rust, SQL, JSON and pages. Whoever uses it depends on
/// `serde` with its derive macros.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one spelling.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("`{text}` is not one of {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// State of the thing, from best to worst.
    Condition { New = "new", LikeNew = "like_new", Good = "good", Fair = "fair", Poor = "poor", Parts = "parts" }
}

words! {
    /// How the price is meant.
    PriceKind {
        /// A price asked.
        Fixed = "fixed",
        /// A price asked, offers welcome.
        OrBestOffer = "or_best_offer",
        /// A bid so far.
        Auction = "auction",
        /// The low end of several prices.
        Range = "range",
        /// Given away.
        Free = "free",
        /// A number that is not meant (1, 1234, 99999).
        Placeholder = "placeholder",
        /// To be asked for.
        OnRequest = "on_request",
        /// What it was sold for, or the venue's word that it was.
        Sold = "sold",
    }
}

words! {
    /// What the venue says of the offer.
    Status { Active = "active", Pending = "pending", Sold = "sold" }
}

words! {
    /// Who offers it.
    SellerType { Private = "private", Business = "business" }
}

/// Who sells, as far as the lake may know: a keyed hash, never a name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seller {
    /// Mean rating, 0–5.
    pub rating: Option<f64>,
    /// Number of ratings.
    pub feedback_count: Option<i64>,
    /// As the venue words it ("within an hour").
    pub response_time: Option<String>,
    /// Private or business.
    pub kind: Option<SellerType>,
}

/// Where it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Location {
    pub city: Option<String>,
    pub state: Option<String>,
    pub zip: Option<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lng: Option<f64>,
}

/// A listing's content as seen once. Immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub key: ListingKey,
    pub run_id: RunId,
    /// When it was seen, UTC.
    pub observed_at: Utc,
    pub url: Option<String>,
    pub title: String,
    /// Masked for mail addresses and phone numbers on its way in.
    pub description: Option<String>,
    /// `uncategorised` where the source has none.
    pub category: String,
    pub condition: Option<Condition>,
    /// Minor units of `currency`.
    pub price: Option<Cents>,
    pub price_kind: PriceKind,
    pub currency: Currency,
    /// What was asked before a reduction or sale, minor units.
    pub original_price: Option<Cents>,
    /// Minor units of `currency`.
    pub shipping_price: Option<Cents>,
    pub images: Vec<String>,
    pub primary_image: Option<String>,
    pub location: Location,
    /// Keyed hash of the seller's name at the venue.
    pub seller_key: Option<String>,
    pub seller: Seller,
    pub listed_at: Option<Utc>,
    pub expires_at: Option<Utc>,
    pub views: Option<i64>,
    pub watchers: Option<i64>,
    pub status: Status,
    pub sold_at: Option<Utc>,
    /// Name → value, as the venue or the mapping names them.
    pub attributes: Attributes,
    /// File and row, page or request it was read from.
    pub raw_ref: String,
}

impl Observation {
    /// Hash of the listing's key and the fields that mean something to a buyer. Views, watchers,
    /// distance, relative ages, positions, times and the source's name are not in it, so that
    /// the same content seen again is the same observation.
    #[must_use]
    pub fn id(&self) -> ObservationId {
        let mut hash = FieldHasher::new("observation");
        hash.text(self.key.platform.as_str())
            .text(&self.key.external_id)
            .text(&self.title)
            .optional(self.description.as_deref())
            .number(self.price.map(|price| price.0))
            .text(self.price_kind.as_str())
            .text(self.currency.as_str())
            .optional(self.condition.map(Condition::as_str))
            .text(self.status.as_str())
            .number(self.shipping_price.map(|price| price.0))
            .optional(self.seller_key.as_deref());
        // An image *set*: order does not matter.
        let mut images: Vec<&str> = self.images.iter().map(String::as_str).collect();
        images.sort_unstable();
        hash.number(Some(images.len() as i64));
        for image in images {
            hash.text(image);
        }
        hash.number(Some(self.attributes.len() as i64));
        for (name, value) in &self.attributes {
            hash.text(name).text(value);
        }
        ObservationId(hash.finish())
    }

    /// The price when it is one that somebody asks for the thing: not a bid, a gift, a
    /// placeholder or a sale.
    #[must_use]
    pub fn ask(&self) -> Option<Cents> {
        match self.price_kind {
            PriceKind::Fixed | PriceKind::OrBestOffer | PriceKind::Range => self.price.filter(|p| p.0 > 0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Observation {
        Observation {
            key: "offerup:1".parse().unwrap(),
            run_id: RunId("r".into()),
            observed_at: Utc::UNIX_EPOCH,
            url: None,
            title: "iPhone X".into(),
            description: None,
            category: "phones".into(),
            condition: Some(Condition::Good),
            price: Some(Cents(45_000)),
            price_kind: PriceKind::Fixed,
            currency: Currency::USD,
            original_price: None,
            shipping_price: None,
            images: vec!["a".into(), "b".into()],
            primary_image: None,
            location: Location::default(),
            seller_key: None,
            seller: Seller::default(),
            listed_at: None,
            expires_at: None,
            views: Some(3),
            watchers: None,
            status: Status::Active,
            sold_at: None,
            attributes: Attributes::default(),
            raw_ref: "file.csv:2".into(),
        }
    }

    #[test]
    fn only_what_means_something_to_a_buyer_changes_the_id() {
        let seen = phone();
        let same = Observation {
            views: Some(9),
            observed_at: Utc::from_timestamp_millis(1).unwrap(),
            images: vec!["b".into(), "a".into()],
            raw_ref: "other.csv:9".into(),
            ..phone()
        };
        assert_eq!(seen.id(), same.id());
        let changed = [
            Observation { price: Some(Cents(44_000)), ..phone() },
            Observation { price: None, ..phone() },
            Observation { description: Some(String::new()), ..phone() },
            Observation { status: Status::Sold, ..phone() },
            Observation { attributes: [("gb", "64")].into_iter().collect(), ..phone() },
        ];
        for other in changed {
            assert_ne!(seen.id(), other.id());
        }
    }

    #[test]
    fn words_read_back() {
        for condition in Condition::ALL {
            assert_eq!(condition.as_str().parse::<Condition>().as_ref(), Ok(condition));
        }
        assert!("mint".parse::<Condition>().is_err());
    }
}
