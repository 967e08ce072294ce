//! Amounts as a person would write them.

use autobazaaar_domain::{Cents, Currency};

/// Up to this many major units (first) people write multiples of so many (second).
const HABITS: [(i64, i64); 6] =
    [(100, 1), (500, 5), (2_000, 10), (10_000, 50), (50_000, 100), (i64::MAX, 500)];

/// The highest amount not above `amount` that a person would write: $47, $135, $640, $8,750. Below
/// one major unit: a multiple of a twentieth of it. Never negative.
#[must_use]
pub fn down_to_habit(amount: Cents, currency: Currency) -> Cents {
    down_to(amount, step(amount, currency))
}

/// The roundest amount above `floor` and not above `amount`: that of [`down_to_habit`] where it
/// is above `floor`, else a finer one. `None` where there is no amount between.
#[must_use]
pub fn next_below(amount: Cents, floor: Cents, currency: Currency) -> Option<Cents> {
    if amount <= floor || amount.0 <= 0 {
        return None;
    }
    let habit = step(amount, currency);
    let fifth = (habit / 5).max(1);
    let whole = currency.scale().min(habit);
    [habit, fifth.max(whole), whole, 1]
        .into_iter()
        .map(|step| down_to(amount, step))
        .find(|rounded| *rounded > floor)
}

fn step(amount: Cents, currency: Currency) -> i64 {
    let scale = currency.scale();
    if amount.0 < scale {
        return (scale / 20).max(1);
    }
    let major = amount.0 / scale;
    HABITS.iter().find(|(below, _)| major < *below).map_or(scale, |(_, step)| step * scale)
}

fn down_to(amount: Cents, step: i64) -> Cents {
    Cents((amount.0 - amount.0.rem_euclid(step)).max(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounds_down_to_what_people_write() {
        let cases = [
            (4_780, 4_700),
            (13_800, 13_500),
            (64_999, 64_000),
            (878_900, 875_000),
            (87, 85),
            (0, 0),
            (-500, 0),
            (100_000, 100_000),
            (12_345_600, 12_300_000),
        ];
        for (amount, rounded) in cases {
            assert_eq!(down_to_habit(Cents(amount), Currency::USD), Cents(rounded), "{amount}");
        }
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(down_to_habit(Cents(15_430), yen), Cents(15_400));
    }

    #[test]
    fn goes_finer_where_the_round_amount_is_no_step_forward() {
        let dollars = |amount, floor| next_below(Cents(amount), Cents(floor), Currency::USD);
        assert_eq!(dollars(64_999, 60_000), Some(Cents(64_000)));
        assert_eq!(dollars(64_999, 64_000), Some(Cents(64_800)));
        assert_eq!(dollars(64_999, 64_800), Some(Cents(64_900)));
        assert_eq!(dollars(64_999, 64_900), Some(Cents(64_999)));
        assert_eq!(dollars(64_999, 64_999), None);
    }

    proptest! {
        #[test]
        fn never_above_and_never_at_or_below_the_floor(amount in -10..500_000_000_i64, floor in -10..500_000_000_i64) {
            prop_assert!(down_to_habit(Cents(amount), Currency::USD).0 <= amount.max(0));
            match next_below(Cents(amount), Cents(floor), Currency::USD) {
                Some(found) => prop_assert!(found.0 > floor && found.0 <= amount),
                None => prop_assert!(amount <= floor.max(0)),
            }
        }
    }
}
