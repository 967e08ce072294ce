//! One listing's way to a deal.

use autobazaaar_domain::deal::{Note, RiskCode, THIN_MARGIN_RISK, VenueOption};
use autobazaaar_domain::economics::{LandedCosts, SaleRoute, ValueDistribution};
use autobazaaar_domain::fees::{Confidence, Delivery};
use autobazaaar_domain::item::Presence;
use autobazaaar_domain::selling::{DaysToSell, ListingPlan, SellingModel};
use autobazaaar_domain::valuation::Basis;
use autobazaaar_domain::{
    Cents, Currency, Deal, DealStatus, Enriched, Figures, Observation, Quantiles, Reason, ReasonCode, Status,
    Utc, Valuation,
};
use autobazaaar_models::asking::Stood;
use chrono::TimeDelta;

use super::config::ItemKind;
use super::given::{GivenAsk, given_ask};
use super::partial::part_payment;
use super::prepared::Economics;
use super::risk::{Found, priority, profit_score, risk};
use super::service::is_service_ad;
use super::wanted::is_wanted_ad;

/// Below this quantile of the value an ask is too good to be true.
const TOO_GOOD_LEVEL: f64 = 0.02;

/// Scores a listing. Never fails: a listing without price, estimate or venue becomes a deal
/// without figures that says so.
#[must_use]
pub fn score_listing(
    seen: &Observation,
    enriched: &Enriched,
    valuation: &Valuation,
    underpriced: Option<f64>,
    economics: &Economics,
    now: Utc,
) -> Deal {
    let mut notes = Vec::new();
    let mut reasons = standing_reasons(seen, enriched, now);
    let listed = seen.listed_at.map_or(enriched.first_seen, |listed| listed.min(enriched.first_seen));
    let figures = match figures(
        seen,
        enriched,
        valuation,
        economics,
        (now, stood(listed, enriched, now)),
        &mut notes,
    ) {
        Ok(figures) => Some(figures),
        Err(reason) => {
            reasons.push(reason);
            None
        }
    };
    let found = Found {
        margin: figures.as_ref().map(|figures| figures.profit_margin),
        too_good: figures.as_ref().is_some_and(|figures| too_good(&figures.value, figures.purchase_price)),
    };
    let risk = risk(seen, enriched, valuation, &economics.config, &found);
    let age_hours = (now - listed).num_minutes() as f64 / 60.0;
    let figures = figures.map(|mut figures| {
        figures.base_risk = base_risk(&risk);
        figures.profit_score =
            profit_score(figures.profit_margin, enriched.demand_score, risk.score, age_hours);
        figures
    });
    let score = figures.as_ref().map_or(0.0, |figures| figures.profit_score);
    let blocked = !reasons.is_empty();
    Deal {
        item_id: enriched.item_id,
        episode: episode(enriched),
        key: seen.key.clone(),
        title: seen.title.clone(),
        category: seen.category.clone(),
        currency: seen.currency,
        seller_key: seen.seller_key.clone(),
        seller_kind: seen.seller.kind,
        figures,
        risk,
        demand_score: enriched.demand_score,
        comp_count: valuation.comp_count,
        underpriced,
        priority: priority(score, seen.expires_at, now),
        status: if blocked { DealStatus::Passed } else { DealStatus::Analyzing },
        status_reason: reasons,
        notes,
        model_version: valuation.model_version.clone(),
        discovered_at: enriched.first_seen,
        analyzed_at: Some(now),
        expires_at: seen.expires_at,
        last_updated: now,
    }
}

/// How long it has been offered at its present price.
fn stood(listed: Utc, enriched: &Enriched, now: Utc) -> TimeDelta {
    let changed = enriched.price_history.get(1..).and_then(|later| later.last()).map(|point| point.at);
    now - changed.unwrap_or(listed)
}

/// What stands against a listing whatever it costs.
fn standing_reasons(seen: &Observation, enriched: &Enriched, now: Utc) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if is_wanted_ad(&seen.title, seen.ask().is_some()) {
        reasons.push(Reason::bare(ReasonCode::PassedWantedAd));
    }
    if is_service_ad(&seen.title) {
        reasons.push(Reason::bare(ReasonCode::PassedService));
    }
    if let Some(words) = part_payment(&seen.title, seen.description.as_deref()) {
        reasons.push(Reason::with_detail(ReasonCode::PassedPartPayment, words));
    }
    if enriched.presence != Presence::Active {
        reasons.push(Reason::with_detail(ReasonCode::PassedPresence, enriched.presence.as_str()));
    } else if seen.status != Status::Active {
        reasons.push(Reason::with_detail(ReasonCode::PassedPresence, seen.status.as_str()));
    }
    if seen.expires_at.is_some_and(|end| end <= now) {
        reasons.push(Reason::bare(ReasonCode::PassedExpired));
    }
    reasons
}

fn figures(
    seen: &Observation,
    enriched: &Enriched,
    valuation: &Valuation,
    economics: &Economics,
    (now, stood): (Utc, TimeDelta),
    notes: &mut Vec<Note>,
) -> Result<Figures, Reason> {
    // Amounts beyond this are typing errors, and sums of them would not fit.
    let ask = seen.ask().filter(|ask| ask.0 <= 1_000_000_000_000);
    let ask = ask.ok_or_else(|| Reason::with_detail(ReasonCode::PassedNoAsk, seen.price_kind.as_str()))?;
    let no_estimate = |why: &str| Reason::with_detail(ReasonCode::PassedNoEstimate, why);
    let value =
        valuation.quantiles.ok_or_else(|| no_estimate(valuation.note.as_deref().unwrap_or("no estimate")))?;
    if valuation.currency != seen.currency {
        return Err(no_estimate("the estimate is in another currency than the ask"));
    }
    let (factor, factor_learned) = match valuation.basis {
        Basis::Asked => economics.ask_to_sale(seen.currency, &seen.category),
        Basis::Sold => (1.0, false),
    };
    let rising = || no_estimate("the estimate is no rising row of positive prices");
    let taken_at_its_word = ValueDistribution::new(&value, factor).ok_or_else(rising)?;
    let local = economics.is_local(seen.key.platform.as_str());
    // A listing at a local venue that names a price for sending is sent.
    let comes = if local && seen.shipping_price.is_none() { Delivery::Local } else { Delivery::Shipped };
    let given = economics.asking(seen.currency).and_then(|asking| {
        // A sale is lower than what is usually asked.
        let usual = match valuation.basis {
            Basis::Asked => 1.0,
            Basis::Sold => 1.0 / economics.ask_to_sale(seen.currency, &seen.category).0,
        };
        let stood = Stood {
            pace: economics.selling(comes, seen.currency, &seen.category).pace,
            demand: enriched.demand_score,
            days: stood.as_seconds_f64() / 86_400.0,
        };
        let asking = (asking, economics.config.fraud_share);
        given_ask(seen, ask, &value, (usual, factor), stood, asking)
    });
    let (sale, honest) = match &given {
        None => (taken_at_its_word, 1.0),
        Some(GivenAsk { sale, honest }) => (ValueDistribution::new(sale, 1.0).ok_or_else(rising)?, *honest),
    };
    // How fast a price sells goes by its place among the asks for such a thing, not among all that
    // the listing could turn out to be.
    let spread = economics.sellers(seen.currency, value.log_spread().unwrap_or(0.0));
    let among = Quantiles::around(sale.quantile(0.5), spread);
    let among = ValueDistribution::new(&among, 1.0).ok_or_else(rising)?;
    let kind = economics.kind_of(&seen.category, &seen.title);
    let costs = landed_costs(seen, kind, economics, notes);
    let landed = costs.landed(ask);

    let open = routes(seen, kind, economics, now, notes);
    let models: [SellingModel; Delivery::ALL.len()] =
        std::array::from_fn(|i| economics.selling(Delivery::ALL[i], seen.currency, &seen.category));
    let Some(Best { route, plan, venues }) = best_route(open, &models, &among, enriched.demand_score, landed)
    else {
        return Err(Reason::with_detail(ReasonCode::PassedNoVenue, seen.currency.as_str()));
    };
    let selling = &models[route.delivery as usize];
    let days_to_sell = selling.days_to_sell(&among, plan.list_price, enriched.demand_score);
    notes.extend(basis_note(valuation.basis, factor_learned));
    notes.push(if days_to_sell.learned { Note::SpeedLearned } else { Note::SpeedAssumed });
    notes.extend(standing_notes(enriched, &route));

    let estimated = sale.quantile(0.5);
    let proceeds = route.proceeds(estimated);
    let net_profit = proceeds.net - landed;
    let roi = net_profit.0 as f64 / landed.0.max(1) as f64;
    let expected_profit = plan.expected_net - landed;
    let expected_loss = route.expected_loss(&sale, landed);
    let mut figures = Figures {
        purchase_price: ask,
        costs,
        landed_cost: landed,
        basis: valuation.basis,
        ask_to_sale: factor,
        ask_to_sale_learned: factor_learned,
        value,
        given_ask: given.map(|given| given.sale),
        estimated_sale_price: estimated,
        profit_potential: estimated - ask,
        proceeds,
        net_profit,
        profit_margin: net_profit.0 as f64 / ask.0 as f64,
        roi,
        annualised_roi: roi * 365.0 / plan.expected_days.max(1.0),
        p_loss: route.p_loss(&sale, landed),
        honest,
        pays_blindly: economics.pays_blindly(seen.key.platform.as_str(), comes),
        rank_score: 0.0,
        risk_charge: Cents::ZERO,
        plan,
        days_to_sell,
        venues,
        expected_profit,
        expected_loss,
        route,
        base_risk: 0.0,
        profit_score: 0.0,
    };
    let fraud_loss = figures.fraud_loss_at(ask);
    figures.risk_charge = (expected_loss.share(honest) + fraud_loss).share(economics.config.risk_aversion);
    let adjusted = figures.expected_gain_at(ask) - figures.risk_charge;
    figures.rank_score = rank(adjusted, landed, plan.expected_days);
    Ok(figures)
}

/// Expected profit less the charge for its risk, per unit of landed cost and day.
fn rank(adjusted: Cents, landed: Cents, days: f64) -> f64 {
    adjusted.0 as f64 / landed.0.max(1) as f64 / days.max(1.0)
}

struct Best {
    route: SaleRoute,
    plan: ListingPlan,
    venues: Vec<VenueOption>,
}

/// The venues weighed against each other, and the best price at the best one.
fn best_route(
    routes: Vec<SaleRoute>,
    models: &[SellingModel; Delivery::ALL.len()],
    sale: &ValueDistribution,
    demand: f64,
    landed: Cents,
) -> Option<Best> {
    // Things sell alike at all venues of one kind: two grids of prices serve them all.
    let grids: Vec<_> = models.iter().map(|model| model.grid(sale, demand)).collect();
    let grid = |delivery: Delivery| &grids[delivery as usize];
    let mut options: Vec<(SaleRoute, ListingPlan, f64)> = routes
        .into_iter()
        .map(|route| {
            let plan = grid(route.delivery).best(&route, landed);
            let worth = models[route.delivery as usize].worth(&plan, landed);
            (route, plan, worth)
        })
        .collect();
    options.sort_by(|a, b| b.2.total_cmp(&a.2));
    if let Some((route, plan, _)) = options.first_mut() {
        *plan = grid(route.delivery).refine(route, landed, plan);
    }
    let venue = |(route, plan, _): &(SaleRoute, ListingPlan, f64)| VenueOption {
        platform: route.platform.clone(),
        plan: *plan,
    };
    let venues = options.iter().map(venue).collect();
    let (route, plan, _) = options.into_iter().next()?;
    Some(Best { route, plan, venues })
}

/// Days on the market when offered at the median of its value where it stands; `None` without an
/// estimate.
#[must_use]
pub fn days_at_value(
    seen: &Observation,
    enriched: &Enriched,
    valuation: &Valuation,
    economics: &Economics,
) -> Option<DaysToSell> {
    valuation.quantiles?;
    let local = economics.is_local(seen.key.platform.as_str());
    let delivery = if local { Delivery::Local } else { Delivery::Shipped };
    let selling = economics.selling(delivery, seen.currency, &seen.category);
    Some(selling.days_on_market(0.5, enriched.demand_score))
}

fn landed_costs(
    seen: &Observation,
    kind: Option<&ItemKind>,
    economics: &Economics,
    notes: &mut Vec<Note>,
) -> LandedCosts {
    let config = &economics.config;
    let money = |major: f64| amount(major, seen.currency);
    let pickup = economics.is_local(seen.key.platform.as_str());
    let shipping = seen.shipping_price.filter(|price| price.0 >= 0);
    let (inbound_shipping, travel) = match shipping {
        Some(price) => (price, Cents::ZERO),
        None if pickup => (Cents::ZERO, money(config.travel_cost)),
        None => {
            notes.push(Note::ShippingAssumed);
            (money(config.inbound_shipping_default), Cents::ZERO)
        }
    };
    let hours = kind.and_then(|kind| kind.hours_per_purchase).unwrap_or(config.hours_per_purchase);
    LandedCosts {
        inbound_shipping,
        travel,
        time: money(hours * config.hourly_value),
        tax_rate: config.purchase_tax_rate,
    }
}

/// The ways this item can be sold. A venue whose fees are not known is left out and noted.
fn routes(
    seen: &Observation,
    kind: Option<&ItemKind>,
    economics: &Economics,
    now: Utc,
    notes: &mut Vec<Note>,
) -> Vec<SaleRoute> {
    let config = &economics.config;
    let parcel = kind.map_or(Some(config.shipping_default), |kind| kind.shipping);
    let category = config.fee_categories.get(&seen.category).unwrap_or(&seen.category);
    let venues = economics.venues.get(&seen.currency).map_or(&[][..], Vec::as_slice);
    let mut routes = Vec::with_capacity(venues.len());
    for (platform, delivery) in venues {
        let (shipping, hours, return_rate, travel) = match (delivery, parcel) {
            (Delivery::Local, _) => (0.0, config.hours_per_handover, 0.0, config.travel_cost),
            (Delivery::Shipped, Some(shipping)) => {
                (shipping, config.hours_per_shipment, config.return_rate, 0.0)
            }
            (Delivery::Shipped, None) => continue,
        };
        let Ok(fee) = economics.fees.rule(platform, category, *delivery, seen.currency, now) else {
            notes.push(Note::VenueLeftOut);
            continue;
        };
        let shipping = amount(shipping, seen.currency);
        routes.push(SaleRoute {
            platform: platform.clone(),
            delivery: *delivery,
            fee,
            shipping_charged: if config.buyer_pays_shipping { shipping } else { Cents::ZERO },
            shipping_cost: shipping,
            handling: amount(hours * config.hourly_value + travel, seen.currency),
            buyer_tax_rate: if *delivery == Delivery::Shipped { config.buyer_tax_rate } else { 0.0 },
            return_rate,
            return_loss: config.return_loss,
            refurbishing: config.refurbishing,
        });
    }
    notes.dedup();
    routes
}

/// A configured amount in minor units. The configuration was checked to be finite and small.
fn amount(major: f64, currency: Currency) -> Cents {
    Cents::from_major(major, currency).unwrap_or(Cents::ZERO)
}

/// What the step from an ask to a sale stands on.
fn basis_note(basis: Basis, learned: bool) -> Option<Note> {
    match (basis, learned) {
        (Basis::Sold, _) => None,
        (Basis::Asked, true) => Some(Note::AskedBasisLearned),
        (Basis::Asked, false) => Some(Note::AskedBasis),
    }
}

fn standing_notes(enriched: &Enriched, route: &SaleRoute) -> Vec<Note> {
    let notes = [
        (!enriched.demand_known, Note::DemandUnknown),
        (enriched.volatility.is_none(), Note::VolatilityUnknown),
        (route.fee.assumed, Note::FeesAssumed),
        (route.fee.confidence == Confidence::Uncertain && !route.fee.assumed, Note::FeesUncertain),
        (route.fee.begins_later.is_some(), Note::FeesBackdated),
    ];
    notes.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect()
}

/// Compared on the valuation's own scale: an ask among asks, or among sales.
fn too_good(value: &Quantiles, ask: Cents) -> bool {
    ValueDistribution::new(value, 1.0).is_some_and(|value| ask < value.quantile(TOO_GOOD_LEVEL))
}

fn base_risk(risk: &autobazaaar_domain::Risk) -> f64 {
    let sum: f64 = risk.factors.iter().map(|factor| factor.addition).sum();
    if risk.has(RiskCode::ThinMargin) { sum - THIN_MARGIN_RISK } else { sum }
}

/// A price drop opens a new episode.
fn episode(enriched: &Enriched) -> u32 {
    let drops = enriched.price_history.windows(2).filter(|pair| pair[1].price < pair[0].price).count();
    1 + u32::try_from(drops).unwrap_or(u32::MAX - 1)
}
