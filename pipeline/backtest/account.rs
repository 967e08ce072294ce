//! What a backtest's figures stand on, in figures and words.

use autobazaaar_domain::{Currency, Utc};
use autobazaaar_models::selling::Learned;
use chrono::NaiveDate;

use super::past::Taught;
use super::replay::start_of_next;
use super::result::{Outcome, Purchase, Yardstick};
use super::worth::{Hindsight, Later, Source, ToSale};

/// Later listings that the yardstick is measured on.
const YARDSTICK_ROWS: usize = 500;

/// How good the measure is.
pub(super) fn yardstick(hindsight: &Hindsight<'_>, to_sale: &ToSale, first: Option<NaiveDate>) -> Yardstick {
    let later: Later<'_> = hindsight.after(first.map_or(Utc::UNIX_EPOCH, start_of_next));
    let (own_error, rows) = later.own_error(YARDSTICK_ROWS);
    let (told, relative) = match to_sale {
        ToSale::Learned(discount) => (
            format!(
                "{:.0} % of the ask, learned from {} sales",
                discount.overall.share * 100.0,
                discount.overall.pairs
            ),
            false,
        ),
        ToSale::Assumed(share) => {
            (format!("{:.0} % of the ask, assumed (economics.ask_to_sale)", share * 100.0), true)
        }
    };
    Yardstick {
        // Counted when all is booked.
        sources: Vec::new(),
        own_error,
        own_error_rows: rows as u64,
        to_sale: told,
        relative,
    }
}

/// Purchases by where their worth comes from.
pub(super) fn sources(purchases: &[Purchase]) -> Vec<(Source, u64)> {
    let of = |source: Source| {
        let count = purchases.iter().filter(|one| one.worth.is_some_and(|w| w.source == source)).count();
        (source, count as u64)
    };
    Source::ALL.map(of).into()
}

/// What a reader must know to take the figures for what they are.
pub(super) fn notes(
    ours: &Outcome,
    yardstick: &Yardstick,
    taught: Option<&Taught>,
    currency: Currency,
) -> Vec<String> {
    let mut notes = Vec::new();
    if yardstick.relative {
        notes.push(
            "Relative figures: the record holds too few sales with an amount, so that worth stands on later asks less an assumed discount. They compare ways of deciding; they are no income."
                .to_owned(),
        );
    }
    notes.push(format!(
        "The measure errs too: later listings differ from their own comparables by {} in the middle case.",
        yardstick.own_error.map_or("an unknown share".to_owned(), |error| format!("{:.0} %", error * 100.0))
    ));
    notes.push(
        "The oracle picks by that same measure, errors included, so that its profit is too high and our share of it too low."
            .to_owned(),
    );
    if ours.booked_purchases > 0 {
        notes.push(format!(
            "{:.0} of {} purchases were estimated to lose; {} of {} with a known worth do.",
            ours.expected_losing, ours.purchases, ours.losing, ours.booked_purchases
        ));
    }
    if ours.negotiations > 0 {
        notes.push(format!(
            "Negotiations that would have been started: {}. How they end is not in the record: they bind money for as long as talks take and earn nothing here.",
            ours.negotiations
        ));
    }
    if ours.unknown_items > 0 {
        notes.push(format!(
            "Purchases without later comparables: {}. They stay in stock at cost, as neither gain nor loss.",
            ours.unknown_items
        ));
    }
    notes.push(
        "Whatever needs the owner's approval is taken as approved, and what is on offer as still there."
            .to_owned(),
    );
    notes.push(match speed_of(taught, currency) {
        Some(Learned::From(speed)) => format!(
            "Days until a sale are learned from {} exits of {} watched listings, sold or not: sales are no sooner than that.",
            speed.exits, speed.listings
        ),
        Some(Learned::Not(why)) => format!("Days until a sale are assumed: {why}."),
        None => "Days until a sale are assumed.".to_owned(),
    });
    notes.extend(taught.into_iter().flat_map(|taught| &taught.not).map(|why| format!("No model for {why}.")));
    notes
}

fn speed_of(
    taught: Option<&Taught>,
    currency: Currency,
) -> Option<&Learned<autobazaaar_models::survival::ExitSpeed>> {
    Some(&taught?.selling.of(currency)?.speed)
}
