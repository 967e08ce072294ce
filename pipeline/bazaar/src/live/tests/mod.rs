//! What the living market promises.

mod bargaining;
mod money;
mod panel;
mod promises;
mod reading;
mod scale;
mod selling;
mod words;

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Cents, Observation, Utc};
use chrono::TimeDelta;

use super::*;

fn start() -> Utc {
    "2026-06-01T08:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

/// A market of a few thousand listings.
fn small(seed: u64) -> Bazaar {
    let mut params = Params::standard().unwrap();
    params.market.new_per_day = 120.0;
    Bazaar::new(params, seed, start()).unwrap()
}

/// A draft for what was bought.
fn draft(bought: &Observation, order: &str, price: Cents) -> Draft {
    Draft {
        platform: bought.key.platform.clone(),
        order: order.to_owned(),
        title: bought.title.chars().take(80).collect(),
        description: Some(
            "Bought for a project that never began. Works as it should; all that is pictured comes along."
                .into(),
        ),
        condition: bought.condition,
        price,
        shipping_price: Some(Cents(1_200)),
        delivery: Delivery::Shipped,
        images: (1..5).map(|i| format!("own-{i}.jpg")).collect(),
        attributes: bought
            .attributes
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

fn done(outcome: Outcome) -> Receipt {
    match outcome {
        Outcome::Done(receipt) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

fn refused(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused { reason } => reason,
        other => panic!("not refused: {other:?}"),
    }
}
