use autobazaaar_domain::deal::{FRAUD_CHECKS, Note, RiskCode};
use autobazaaar_domain::item::{Presence, PricePoint};
use autobazaaar_domain::valuation::Basis;
use autobazaaar_domain::*;

use super::fixtures::{believing, deal, economics, enriched, now, seen, valuation};
use super::{Economics, EconomicsConfig, score_listing};

fn codes(deal: &Deal) -> Vec<ReasonCode> {
    deal.status_reason.iter().map(|reason| reason.code).collect()
}

#[test]
fn a_deal_adds_up() {
    let seen = seen("a", 80_000);
    let value = valuation(&seen, 120_000, Basis::Sold);
    let deal = score_listing(&seen, &enriched(&seen), &value, None, &believing(), now());
    let figures = deal.figures.as_ref().unwrap();
    assert_eq!(figures.estimated_sale_price, Cents(120_000));
    assert_eq!(figures.profit_potential, Cents(40_000));
    // 800 + travel 5 + three quarters of an hour at 15.
    assert_eq!(figures.landed_cost, Cents(81_625));
    let lines = figures.lines().iter().map(|(_, amount)| *amount).sum::<Cents>();
    assert_eq!(lines, figures.net_profit);
    assert_eq!(
        figures.fees(deal.currency).total,
        figures.proceeds.platform_fees + figures.proceeds.payment_fees
    );
    assert!((figures.roi - figures.net_profit.0 as f64 / figures.landed_cost.0 as f64).abs() < 1e-12);
    assert!(deal.status_reason.is_empty() && figures.venues.len() == 5);
    let nets: Vec<i64> = figures.venues.iter().map(|venue| venue.plan.expected_net.0).collect();
    assert_eq!(figures.venues[0].platform, *figures.best_platform());
    assert!(nets[0] + 500 > *nets.iter().max().unwrap(), "{nets:?}");
}

#[test]
fn risk_adds_its_factors() {
    let (seen, economics) = (seen("a", 80_000), economics());
    let about = enriched(&seen);
    let value = valuation(&seen, 120_000, Basis::Sold);
    let plain = score_listing(&seen, &about, &value, None, &economics, now());
    assert!((plain.risk.score - 0.30).abs() < 1e-9, "{:?}", plain.risk);

    let worst = Observation { condition: None, seller: Seller::default(), ..seen.clone() };
    let vague = Enriched { volatility: Some(0.6), demand_score: 0.1, ..about.clone() };
    let few = Valuation { comp_count: 2, ..value.clone() };
    let risky = score_listing(&worst, &vague, &few, None, &economics, now());
    assert!((risky.risk.score - 1.0).abs() < 1e-9);
    for code in [RiskCode::Volatile, RiskCode::VeryVolatile, RiskCode::LowDemand, RiskCode::FewComps] {
        assert!(risky.risk.has(code), "{code}");
    }

    let cheap = Observation { price: Some(Cents(30_000)), ..seen };
    let suspicious = score_listing(&cheap, &about, &value, None, &economics, now());
    assert!(suspicious.risk.has(RiskCode::TooGood));
    assert_eq!(suspicious.check_list(), FRAUD_CHECKS);
    assert!(plain.check_list().is_empty());
}

#[test]
fn says_what_stands_in_the_way() {
    let (usual, economics) = (seen("a", 80_000), economics());
    let about = enriched(&usual);
    let value = valuation(&usual, 120_000, Basis::Sold);
    let score = |seen: &Observation, about: &Enriched, value: &Valuation| {
        codes(&score_listing(seen, about, value, None, &economics, now()))
    };
    let no_price = Observation { price_kind: PriceKind::Placeholder, ..usual.clone() };
    assert_eq!(score(&no_price, &about, &value), [ReasonCode::PassedNoAsk]);
    let unknown = Valuation { quantiles: None, note: Some("no comparables".into()), ..value.clone() };
    assert_eq!(score(&usual, &about, &unknown), [ReasonCode::PassedNoEstimate]);
    let gone = Enriched { presence: Presence::Gone, ..about.clone() };
    assert_eq!(score(&usual, &gone, &value), [ReasonCode::PassedPresence]);
    let wish = Observation { title: "We buy laptops".into(), ..usual.clone() };
    assert_eq!(score(&wish, &about, &value), [ReasonCode::PassedWantedAd]);
    let work = Observation { title: "Laptop repair near you".into(), ..usual.clone() };
    assert_eq!(score(&work, &about, &value), [ReasonCode::PassedService]);
    let yen: Currency = "JPY".parse().unwrap();
    let foreign = Observation { currency: yen, ..usual.clone() };
    let priced = Valuation { currency: yen, ..value.clone() };
    assert_eq!(score(&foreign, &about, &priced), [ReasonCode::PassedNoVenue]);
    let mixed = Observation { currency: Currency::EUR, ..usual };
    assert_eq!(score(&mixed, &about, &value), [ReasonCode::PassedNoEstimate]);
}

#[test]
fn a_low_ask_makes_a_thing_worth_less_and_better_known() {
    let figures = |ask| deal("a", ask, 120_000).figures.unwrap();
    let (fair, low) = (figures(115_000), figures(70_000));
    assert!(low.estimated_sale_price < fair.estimated_sale_price, "{low:?}");
    assert!(low.estimated_sale_price > Cents(100_000));
    assert_eq!(low.usual_sale_price(), Cents(120_000));
    let (given, value) = (low.given_ask.unwrap(), low.value);
    assert!(given.log_spread().unwrap() < value.log_spread().unwrap());
    // Nothing but the ask's own word: above what is usual it says nothing.
    assert_eq!(figures(140_000).given_ask, None);
}

#[test]
fn asks_are_not_sales() {
    let (seen, economics) = (seen("a", 80_000), believing());
    let about = enriched(&seen);
    let asked =
        score_listing(&seen, &about, &valuation(&seen, 120_000, Basis::Asked), None, &economics, now());
    assert!(asked.notes.contains(&Note::AskedBasis));
    assert_eq!(asked.figures.unwrap().estimated_sale_price, Cents(108_000));
}

#[test]
fn bulky_things_are_sold_where_they_are_fetched() {
    let economics = economics();
    let sofa = Observation { category: "furniture".into(), title: "Sofa".into(), ..seen("a", 20_000) };
    let value = valuation(&sofa, 60_000, Basis::Sold);
    let deal = score_listing(&sofa, &enriched(&sofa), &value, None, &economics, now());
    let venues: Vec<String> =
        deal.figures.unwrap().venues.iter().map(|venue| venue.platform.to_string()).collect();
    assert!(!venues.contains(&"ebay".to_owned()) && venues.len() == 3, "{venues:?}");
}

#[test]
fn a_price_drop_is_a_new_episode() {
    let (seen, economics) = (seen("a", 80_000), economics());
    let at = |price| PricePoint { at: now(), price: Cents(price) };
    let about = Enriched { price_history: vec![at(100), at(90), at(95), at(80)], ..enriched(&seen) };
    let value = valuation(&seen, 120_000, Basis::Sold);
    assert_eq!(score_listing(&seen, &about, &value, None, &economics, now()).episode, 3);
}

#[test]
fn priority_follows_score_and_time_left() {
    let (seen, economics) = (seen("a", 80_000), economics());
    let value = valuation(&seen, 120_000, Basis::Sold);
    let about = enriched(&seen);
    let usual = score_listing(&seen, &about, &value, None, &economics, now());
    assert_ne!(usual.priority, Priority::High);
    let soon = Observation { expires_at: Some(now() + chrono::Duration::minutes(40)), ..seen };
    assert_eq!(score_listing(&soon, &about, &value, None, &economics, now()).priority, Priority::High);
}

#[test]
fn refuses_numbers_that_cannot_be_meant() {
    let fees = || Economics::built_in_fees().unwrap();
    for wrong in [
        EconomicsConfig { return_rate: 1.5, ..EconomicsConfig::default() },
        EconomicsConfig { ask_to_sale: 0.0, ..EconomicsConfig::default() },
        EconomicsConfig { median_days: f64::NAN, ..EconomicsConfig::default() },
        EconomicsConfig { hourly_value: -1.0, ..EconomicsConfig::default() },
    ] {
        assert!(Economics::new(wrong, fees()).is_err());
    }
    let text = "ask_to_sale = 0.8\n[[venues.CHF]]\nplatform = \"ricardo\"\ndelivery = \"shipped\"\n";
    let config: EconomicsConfig = toml::from_str(text).unwrap();
    assert!(Economics::new(config, fees()).is_ok());
    assert!(toml::from_str::<EconomicsConfig>("ask_too_sale = 1").is_err());
}
