//! What the drill goes by: the owner's settings, limits, costs.

use std::collections::BTreeMap;

use autobazaaar_bazaar::{fee_platform, platforms, selling_venues};
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Cents, Currency, FeeSchedule};

use crate::decide::LimitsConfig;
use crate::execute::Settings;
use crate::score::config::SellingVenue;
use crate::score::{Economics, EconomicsConfig};
use crate::simulate::DemoError;
use crate::simulate::days::demo_owner;

/// Messages a day.
const MESSAGES: i64 = 1_000;
/// The owner's money, dollars.
const CAPITAL: f64 = 5_000.0;

/// The owner's money.
pub(super) fn capital() -> Cents {
    Cents::from_major(CAPITAL, Currency::USD).unwrap_or_default()
}

/// Quick to sell: so that ten days see all of a thing's way.
pub(super) fn settings(capital: Cents) -> Settings {
    Settings {
        reprice_days: 1,
        reprice_step: 0.25,
        floor_share: 0.3,
        photos: 4,
        wait_days: 6,
        ..Settings::new(demo_owner(), MESSAGES, vec![(Currency::USD, capital)])
    }
}

/// The standard figures, selling where the simulated buyers are, at their fees.
pub(super) fn economics() -> Result<Economics, DemoError> {
    let wrong = |error: String| DemoError::Drill(error);
    let venue =
        |(platform, delivery): (&str, Delivery)| SellingVenue { platform: platform.to_owned(), delivery };
    let mut config = EconomicsConfig::default();
    config.venues.insert("USD".to_owned(), selling_venues().into_iter().map(venue).collect());
    let fees = Economics::built_in_fees().map_err(|error| wrong(error.to_string()))?;
    let charging = |fees: FeeSchedule, name| fees.charging_like(name, fee_platform(name));
    let fees = platforms().into_iter().fold(fees, charging);
    Economics::new(config, fees).map_err(|error| wrong(error.to_string()))
}

/// A free hand up to $250, the owner's word beyond.
pub(super) fn limits() -> LimitsConfig {
    let dollars = |amount: f64| BTreeMap::from([("USD".to_owned(), amount)]);
    LimitsConfig {
        capital: dollars(CAPITAL),
        auto_approve_up_to: dollars(250.0),
        open_negotiations: 40,
        items_per_week: 200,
        ..LimitsConfig::default()
    }
}
