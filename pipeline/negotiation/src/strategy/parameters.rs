//! The four strategies as data.

use autobazaaar_domain::{Cents, Strategy};
use serde::{Deserialize, Serialize};

/// Declares the parameters and, beside them, what a configuration may set of them.
macro_rules! parameters {
    ($($(#[$doc:meta])* $field:ident: $kind:ty),+ $(,)?) => {
        /// How one strategy bargains. Shares are of the ask: 0.70 is 70 %.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Parameters { $($(#[$doc])* pub $field: $kind),+ }

        /// What a configuration sets; what it leaves out stays as the strategy has it.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Changes { $($field: Option<$kind>),+ }

        impl Changes {
            fn on(self, base: Parameters) -> Parameters {
                Parameters { $($field: self.$field.unwrap_or(base.$field)),+ }
            }
        }
    };
}

parameters! {
    /// Opening offer, share of the ask.
    opening_share: f64,
    /// Most that is offered, share of the ask. The learned negotiator does not use it.
    most_share: f64,
    /// Step between offers, share of the ask.
    increment_share: f64,
    /// Priced offers of ours before the last one.
    most_rounds: u32,
    /// Hours without an answer after which we ask again.
    follow_up_after_hours: u32,
    /// How often we ask again.
    follow_ups: u32,
    /// Hours an offer stands.
    offer_stands_hours: u32,
    /// For a language model that words the messages.
    wording_temperature: f64,
    /// Haste shown, for a language model that words the messages.
    urgency: String,
    /// Manner, for a language model that words the messages.
    tone: String,
    /// What the wording leans on, for a language model that words the messages.
    approach: String,
}

impl Parameters {
    /// What a strategy does unless configured otherwise.
    #[must_use]
    pub fn of(strategy: Strategy) -> Self {
        let base = Self {
            opening_share: strategy.opening_share(),
            most_share: strategy.most_share(),
            increment_share: 0.05,
            most_rounds: 4,
            follow_up_after_hours: 24,
            follow_ups: 2,
            offer_stands_hours: 72,
            wording_temperature: 0.7,
            urgency: "low".to_owned(),
            tone: "casual, warm, personable".to_owned(),
            approach: "rapport, convenience, local pick-up".to_owned(),
        };
        match strategy {
            Strategy::FriendlyLocal => base,
            Strategy::ProfessionalBuyer => Self {
                most_rounds: 3,
                follow_up_after_hours: 12,
                follow_ups: 1,
                offer_stands_hours: 48,
                wording_temperature: 0.5,
                urgency: "medium".to_owned(),
                tone: "formal, respectful, businesslike".to_owned(),
                approach: "quick decision, reliable, invoice".to_owned(),
                ..base
            },
            Strategy::UrgentCash => Self {
                increment_share: 0.075,
                most_rounds: 2,
                follow_up_after_hours: 2,
                follow_ups: 1,
                offer_stands_hours: 12,
                wording_temperature: 0.6,
                urgency: "high".to_owned(),
                tone: "direct, decisive".to_owned(),
                approach: "immediate, cash in hand, no hassle".to_owned(),
                ..base
            },
            Strategy::Collector => Self {
                most_rounds: 5,
                follow_up_after_hours: 48,
                follow_ups: 3,
                offer_stands_hours: 96,
                wording_temperature: 0.8,
                tone: "knowledgeable, appreciative".to_owned(),
                approach: "appreciates condition and rarity".to_owned(),
                ..base
            },
        }
    }
}

/// How the baseline meets a counter-offer that is near its limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GapRule {
    /// Counter-offers up to this share of the limit are near it.
    pub near_limit: f64,
    /// Priced offers of ours from which on the rule is not used.
    pub below_rounds: u32,
    /// A gap up to this share of the ask is small.
    pub small_share: f64,
    /// A gap up to this share of the ask is medium.
    pub medium_share: f64,
    /// Share of a small gap that we go.
    pub small_step: f64,
    /// Share of a medium gap that we go, before patience.
    pub medium_step: f64,
    /// Share of a large gap that we go, before patience.
    pub large_step: f64,
    /// A large gap moves us no further than this share of the way to the limit.
    pub large_cap: f64,
    /// Each priced offer so far shortens the step by this share.
    pub patience: f64,
}

impl Default for GapRule {
    /// The brief's example of an item at 800 $ calls gaps up to 50 $ small and up to 100 $ medium.
    fn default() -> Self {
        Self {
            near_limit: 1.1,
            below_rounds: 3,
            small_share: 50.0 / 800.0,
            medium_share: 100.0 / 800.0,
            small_step: 0.6,
            medium_step: 0.4,
            large_step: 0.3,
            large_cap: 0.5,
            patience: 0.1,
        }
    }
}

impl GapRule {
    /// The next offer between ours and a counter-offer, before any limit or rounding.
    #[must_use]
    pub fn between(&self, ask: Cents, limit: Cents, offer: Cents, counter: Cents, rounds: u32) -> Cents {
        let gap = counter - offer;
        let patience = (1.0 - self.patience * f64::from(rounds)).max(0.0);
        let step = if gap <= ask.share(self.small_share) {
            gap.share(self.small_step)
        } else if gap <= ask.share(self.medium_share) {
            gap.share(self.medium_step * patience)
        } else {
            gap.share(self.large_step * patience).min((limit - offer).share(self.large_cap))
        };
        offer + step
    }
}

/// The parameters of all four strategies. A configuration may set any of them; the rest stay as
/// they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "PlaybookChanges")]
pub struct Playbook {
    pub friendly_local: Parameters,
    pub professional_buyer: Parameters,
    pub urgent_cash: Parameters,
    pub collector: Parameters,
    /// How the baseline meets counter-offers.
    pub gap: GapRule,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PlaybookChanges {
    friendly_local: Changes,
    professional_buyer: Changes,
    urgent_cash: Changes,
    collector: Changes,
    gap: GapRule,
}

impl From<PlaybookChanges> for Playbook {
    fn from(changes: PlaybookChanges) -> Self {
        Self {
            friendly_local: changes.friendly_local.on(Parameters::of(Strategy::FriendlyLocal)),
            professional_buyer: changes.professional_buyer.on(Parameters::of(Strategy::ProfessionalBuyer)),
            urgent_cash: changes.urgent_cash.on(Parameters::of(Strategy::UrgentCash)),
            collector: changes.collector.on(Parameters::of(Strategy::Collector)),
            gap: changes.gap,
        }
    }
}

impl Default for Playbook {
    fn default() -> Self {
        PlaybookChanges::default().into()
    }
}

impl Playbook {
    /// The parameters of one strategy.
    #[must_use]
    pub fn of(&self, strategy: Strategy) -> &Parameters {
        match strategy {
            Strategy::FriendlyLocal => &self.friendly_local,
            Strategy::ProfessionalBuyer => &self.professional_buyer,
            Strategy::UrgentCash => &self.urgent_cash,
            Strategy::Collector => &self.collector,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_changes_what_it_names_and_nothing_else() {
        let json = r#"{"urgent_cash": {"opening_share": 0.5}, "gap": {"small_step": 0.5}}"#;
        let book: Playbook = serde_json::from_str(json).unwrap();
        let expected = Parameters { opening_share: 0.5, ..Parameters::of(Strategy::UrgentCash) };
        assert_eq!(book.urgent_cash, expected);
        assert_eq!(book.collector, Playbook::default().collector);
        assert_eq!(book.gap, GapRule { small_step: 0.5, ..GapRule::default() });
        let whole = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<Playbook>(&whole).unwrap(), book);
        assert!(serde_json::from_str::<Playbook>(r#"{"urgent_cash": {"opening": 0.5}}"#).is_err());
    }
}
