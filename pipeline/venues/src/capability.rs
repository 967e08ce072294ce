//! What can be done at a venue, and by which way. The table in docs/venues.md is made from this.

/// Something that one does at a marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Find listings by words, place and price.
    Search,
    /// Read one listing with its description.
    Details,
    /// Read what things were sold for.
    SoldPrices,
    /// Write to a seller.
    Contact,
    /// Make a priced offer by the venue's own means.
    BestOffer,
    /// Buy.
    Buy,
    /// Put up a listing of one's own.
    Publish,
    /// Change its price.
    Reprice,
    /// Take it down.
    Delist,
    /// Read orders and report shipment.
    Orders,
}

impl Capability {
    /// Every capability, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Search,
        Self::Details,
        Self::SoldPrices,
        Self::Contact,
        Self::BestOffer,
        Self::Buy,
        Self::Publish,
        Self::Reprice,
        Self::Delist,
        Self::Orders,
    ];

    /// The one spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Details => "details",
            Self::SoldPrices => "sold_prices",
            Self::Contact => "contact",
            Self::BestOffer => "best_offer",
            Self::Buy => "buy",
            Self::Publish => "publish",
            Self::Reprice => "reprice",
            Self::Delist => "delist",
            Self::Orders => "orders",
        }
    }
}

/// By which way it can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// By the venue's API.
    Live,
    /// In a browser that is driven under the policy.
    Browser,
    /// From pages, answers or files that the owner saves.
    Import,
    /// Not at all from here.
    No,
}

impl Access {
    /// The one spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Browser => "browser",
            Self::Import => "import",
            Self::No => "no",
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ability {
    /// What.
    pub capability: Capability,
    /// By which way.
    pub access: Access,
    /// Why so, for the owner.
    pub reason: &'static str,
}

/// An ability, shortly.
pub(crate) const fn ability(capability: Capability, access: Access, reason: &'static str) -> Ability {
    Ability { capability, access, reason }
}

/// What holds at every venue without an API of ours: saved pages are read, the rest the owner does.
pub(crate) const fn by_import(sold: Ability) -> [Ability; 10] {
    use Access::{Import, No};
    use Capability::{BestOffer, Buy, Contact, Delist, Details, Orders, Publish, Reprice, Search};
    const BY_HAND: &str = "the owner does it by hand; the venue has no API for it";
    [
        ability(Search, Import, "saved search pages and answers are read"),
        ability(Details, Import, "saved listing pages are read"),
        sold,
        ability(Contact, No, BY_HAND),
        ability(BestOffer, No, BY_HAND),
        ability(Buy, No, BY_HAND),
        ability(Publish, No, BY_HAND),
        ability(Reprice, No, BY_HAND),
        ability(Delist, No, BY_HAND),
        ability(Orders, No, BY_HAND),
    ]
}

/// The table as Markdown, a row per venue.
#[must_use]
pub fn table() -> String {
    let mut text = "| venue |".to_owned();
    for capability in Capability::ALL {
        text.push_str(&format!(" {} |", capability.as_str().replace('_', " ")));
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Capability::ALL.len()));
    for venue in crate::Venue::ALL {
        text.push_str(&format!("\n| {venue} |"));
        for ability in venue.abilities() {
            text.push_str(&format!(" {} |", ability.access.as_str()));
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Venue;

    #[test]
    fn every_venue_says_something_of_every_capability_in_order() {
        for venue in Venue::ALL {
            let named: Vec<_> = venue.abilities().iter().map(|ability| ability.capability).collect();
            assert_eq!(named, Capability::ALL, "{venue}");
            assert!(venue.abilities().iter().all(|ability| !ability.reason.is_empty()));
        }
    }

    #[test]
    fn the_docs_hold_the_table() {
        let docs = include_str!("../../../docs/venues.md");
        assert!(docs.contains(&table()), "put this into docs/venues.md:\n{}", table());
    }

    #[test]
    fn the_table_has_a_row_a_venue() {
        assert_eq!(table().lines().count(), 2 + Venue::ALL.len());
    }
}
