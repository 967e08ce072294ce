//! A rich, wholly invented report for tests: every section filled, foreign text hostile.

use autobazaaar_domain::run::{Run, RunState, Stage, StageRecord};
use autobazaaar_domain::{
    Basis, Cents, Comp, Condition, Currency, Enriched, ItemId, ListingKey, Location, Observation, Presence,
    PriceKind, PricePoint, Quantiles, RunId, Scan, Seller, SellerType, Status, Utc, Valuation,
};

use super::data::*;
use super::{MarketTally, PassedTally, QualityTally, RunSummary};

/// When the sample's report was made.
pub(super) fn now() -> Utc {
    "2026-11-23T07:08:00Z".parse().unwrap()
}

/// A small generator (Knuth's MMIX constants): the sample never changes.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: sum of twelve uniforms.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }
}

fn hours_ago(hours: i64) -> Utc {
    now() - chrono::Duration::hours(hours)
}

fn observation(platform: &str, id: usize, title: &str, category: &str, ask: i64) -> Observation {
    Observation {
        key: key(platform, id),
        run_id: RunId("01KDREPORTSAMPLE0000000001".into()),
        observed_at: hours_ago(3 + id as i64 % 5),
        url: Some(format!("https://{platform}.example/item/{id}?from=search&page=(1)")),
        title: title.into(),
        description: (!id.is_multiple_of(3)).then(|| "as new".into()),
        category: category.into(),
        condition: [Some(Condition::LikeNew), Some(Condition::Good), None][id % 3],
        price: Some(Cents(ask)),
        price_kind: PriceKind::Fixed,
        currency: Currency::USD,
        original_price: None,
        shipping_price: None,
        images: if !id.is_multiple_of(4) { vec!["a".into()] } else { vec![] },
        primary_image: None,
        location: Location { city: Some("Springfield".into()), ..Location::default() },
        seller_key: Some("k".into()),
        seller: Seller {
            rating: id.is_multiple_of(2).then_some(4.8),
            feedback_count: id.is_multiple_of(2).then_some(132),
            response_time: None,
            kind: id.is_multiple_of(2).then_some(SellerType::Private),
        },
        listed_at: (!id.is_multiple_of(5)).then(|| hours_ago(60)),
        expires_at: None,
        views: None,
        watchers: None,
        status: Status::Active,
        sold_at: None,
        attributes: autobazaaar_domain::Attributes::default(),
        raw_ref: "sample.csv:2".into(),
    }
}

fn key(platform: &str, id: usize) -> ListingKey {
    format!("{platform}:{}", 70_412_900_311_u64 + id as u64 * 7_919).parse().unwrap()
}

fn comps(dice: &mut Dice, n: usize, title: &str, value: i64) -> Vec<Comp> {
    let comp = |i: usize| Comp {
        key: key(["marketa", "marketb"][i % 2], 900 + i),
        title: format!("{title} {}", ["", "boxed", "great shape", "pick up only", "w/ charger"][i % 5]),
        price: Cents((value as f64 * (1.0 + 0.12 * dice.bell()) / 100.0).round() as i64 * 100),
        basis: if i.is_multiple_of(3) { Basis::Sold } else { Basis::Asked },
        similarity: 0.94 - 0.03 * i as f64,
        age_days: 1.5 + 2.0 * i as f64,
    };
    (0..n).map(comp).collect()
}

fn enriched(dice: &mut Dice, seen: &Observation, n: usize, value: i64) -> Enriched {
    let ask = seen.price.unwrap().0;
    let id = n as i64;
    let history = match n % 3 {
        0 => {
            vec![(60, ask * 5 / 4), (30, ask * 9 / 8), (6, (ask as f64 * (1.0 + 0.06 * dice.bell())) as i64)]
        }
        _ => vec![(40, ask)],
    };
    Enriched {
        key: seen.key.clone(),
        item_id: ItemId([n as u8; 16]),
        item_evidence: vec![],
        first_seen: hours_ago(60),
        last_seen: seen.observed_at,
        presence: [Presence::Active, Presence::Gone, Presence::Sold, Presence::Unknown][n % 7 % 4],
        price_history: history
            .into_iter()
            .map(|(hours, price)| PricePoint { at: hours_ago(hours), price: Cents(price) })
            .collect(),
        comps: comps(dice, n.min(14), &seen.title, value),
        comp_count: n as u32,
        competitor_count: (id % 6) as u32,
        volatility: Some(0.12 + 0.02 * n as f64),
        demand_score: 0.71,
        demand_known: n.is_multiple_of(2),
        market_price: Some(Cents(value)),
        days_on_market: -dice.roll().max(1e-3).ln() * 6.0,
        censored: dice.roll() < 0.4,
        sources: vec!["marketa".into()],
        insights: vec![],
    }
}

fn valuation(key: &ListingKey, value: i64, spread: f64, comps: u32) -> Valuation {
    let at = |z: f64| Cents((value as f64 * (spread * z).exp()).round() as i64);
    Valuation {
        key: key.clone(),
        currency: Currency::USD,
        basis: if comps.is_multiple_of(2) { Basis::Asked } else { Basis::Sold },
        quantiles: Some(Quantiles([-1.645, -1.282, -0.674, 0.0, 0.674, 1.282, 1.645].map(at))),
        level: 0.8,
        comp_count: comps,
        model_version: "2026-11-22-3f9c1a7b".into(),
        note: None,
        days_to_sell: None,
        selling_version: None,
    }
}

const ITEMS: [(&str, &str, &str, i64, i64, f64, usize); 7] = [
    (
        "marketa",
        "Walnut-body film camera Orion M3 with 50 mm lens, light meter works",
        "cameras",
        24_000,
        41_000,
        0.14,
        9,
    ),
    (
        "marketb",
        "Cordless drill set Bantam 18V, 2 batteries + case <b>NEW</b>",
        "tools",
        8_500,
        15_900,
        0.12,
        14,
    ),
    ("marketa", "Espresso machine Lario Duo | descaled [2024] `ok`", "kitchen", 31_000, 48_500, 0.2, 6),
    (
        "marketc",
        "=HYPERLINK(\"http://x.example\",\"Road bike Falke 56 cm\")",
        "bicycles",
        52_000,
        83_000,
        0.24,
        3,
    ),
    (
        "marketb",
        "Mechanical keyboard Tactus 87 <script>alert(1)</script>",
        "electronics",
        4_500,
        8_900,
        0.15,
        18,
    ),
    (
        "marketa",
        "Handheld console Pixi 2 with four games and a very long description in its title that goes on and on until nobody can read it in a table any more",
        "games",
        9_000,
        15_000,
        0.1,
        26,
    ),
    ("marketc", "Turntable Rega-like P1, needs new belt", "audio", 11_000, 17_500, 0.3, 0),
];

fn deal(dice: &mut Dice, i: usize) -> Deal {
    let (platform, title, category, ask, value, spread, n) = ITEMS[i];
    let seen = observation(platform, i, title, category, ask);
    let action = if i % 3 == 2 { Action::Negotiate } else { Action::Buy };
    let paid = if action == Action::Negotiate { ask * 9 / 10 } else { ask };
    let (platform_fee, payment, shipping, travel, returns) =
        (value * 13 / 100, value * 3 / 100 + 30, 1_450, 600, value / 50);
    let landed = paid + travel;
    let net = value - platform_fee - payment - shipping - returns - landed;
    let line = |label: &str, amount| Line { label: label.into(), amount: Cents(amount) };
    let factor = |code: &str, text: &str, points| RiskFactor { code: code.into(), text: text.into(), points };
    let mut factors = vec![factor("platform", "private market without buyer protection", 0.2)];
    if n < 5 {
        factors.push(factor("few_comps", "fewer than 5 comparables", 0.1));
    }
    if seen.seller.rating.is_none() {
        factors.push(factor("seller_rating", "the seller has no rating", 0.1));
    }
    if spread > 0.25 {
        factors.push(factor("volatility", "prices of such items vary widely", 0.4));
    }
    let mut listing = ListingFacts::from(&seen);
    if i == 4 {
        listing.url = Some("javascript:alert(1)".into());
    }
    let mut enriched = enriched(dice, &seen, n, value);
    enriched.presence = Presence::Active;
    if let Some(last) = enriched.price_history.last_mut() {
        last.price = Cents(ask);
    }
    Deal {
        enriched,
        valuation: valuation(&seen.key, value, spread, n as u32),
        listing,
        action,
        purchase_price: Cents(paid),
        max_price: Cents(paid + net * 3 / 5),
        landed_cost: Cents(landed),
        estimated_sale_price: Cents(value),
        best_platform: "marketa".parse().unwrap(),
        days_to_sell: Some(DaysToSell {
            expected: 6.0 + 3.0 * i as f64,
            low: 2.0,
            high: 21.0 + i as f64,
            learned: i.is_multiple_of(2),
        }),
        fees: vec![line("platform fee", platform_fee), line("payment fee", payment)],
        costs: vec![
            line("pick-up travel", travel),
            line("shipping to the buyer", shipping),
            line("expected returns", returns),
        ],
        profit_potential: Cents(value - paid),
        net_profit: Cents(net),
        profit_margin: net as f64 / paid as f64,
        roi: net as f64 / landed as f64,
        annualised_roi: Some(4.2),
        p_loss: 0.03 + 0.3 * spread + 0.01 * i as f64,
        risk: Risk { score: factors.iter().map(|f| f.points).sum(), risk_factors: factors },
        profit_score: 71.0 - 3.0 * i as f64,
        rank_score: 1.0 / (1.0 + i as f64),
        priority: if i == 0 { Priority::High } else { Priority::Normal },
        strategy: (action == Action::Negotiate).then(|| "balanced".into()),
        reasons: vec![
            Reason {
                code: "best_surplus".into(),
                text: "highest expected profit per dollar and day that fits the budget".into(),
            },
            Reason { code: "within_limits".into(), text: "meets every limit up to the highest price".into() },
        ],
    }
}

fn passed() -> (Vec<PassedReason>, Vec<PassedListing>) {
    let reasons = [
        ("min_net_profit", "the net profit is under your minimum of $25", 6_312),
        ("no_comparables", "no comparable was found, so there is no estimate", 2_904),
        ("max_p_loss", "the chance of a loss is over your limit of 20%", 1_533),
        ("placeholder_price", "the price is a placeholder", 611),
        ("budget", "the budget was already used by better deals", 236),
    ];
    let mut tally = PassedTally::new(4);
    for (r, (code, text, count)) in reasons.into_iter().enumerate() {
        for i in 0..count {
            let seen = observation(
                "marketb",
                100 + i,
                &format!("Passed thing no. {i} of kind {r}"),
                "tools",
                9_900 + i as i64,
            );
            let valued = r != 1 && r != 3;
            tally.add(
                code,
                text,
                PassedListing {
                    valuation: valued.then(|| valuation(&seen.key, 12_000 + i as i64, 0.3, 4)),
                    listing: ListingFacts::from(&seen),
                    max_price: valued.then_some(Cents(8_000)),
                    net_profit: valued.then(|| Cents(2_400 - i as i64 * 3 + 900 * r as i64)),
                    p_loss: valued.then_some(0.31),
                    reasons: vec![Reason { code: code.into(), text: text.into() }],
                },
            );
        }
    }
    tally.finish()
}

fn metrics(rows: u64, mdape: f64, coverage: f64) -> ModelMetrics {
    ModelMetrics {
        rows,
        answered: 0.87,
        rmsle: mdape * 2.1,
        mdape,
        mae: Cents((mdape * 31_000.0) as i64),
        coverage,
    }
}

fn model(dice: &mut Dice) -> ModelReport {
    let categories = [
        ("cameras", 412, 0.14, 0.81),
        ("tools", 731, 0.12, 0.8),
        ("bicycles", 120, 0.31, 0.72),
        ("audio", 233, 0.21, 0.78),
    ];
    let predicted = |_| {
        let actual = 12_000.0 * dice.bell().exp();
        PredictedPoint {
            actual: Cents(actual as i64),
            predicted: Cents((actual * (0.22 * dice.bell()).exp()) as i64),
        }
    };
    ModelReport {
        model_version: "2026-11-22-3f9c1a7b".into(),
        trained_at: hours_ago(22),
        trained_rows: 9_871,
        data_from: Some(hours_ago(24 * 40)),
        data_to: Some(hours_ago(23)),
        basis: Basis::Asked,
        predicted: (0..900).map(predicted).collect(),
        importances: [
            ("mean_price_by_title_words_all", 0.52),
            ("year", 0.21),
            ("number_1", 0.17),
            ("condition", 0.1),
        ]
        .map(|(name, share)| (name.to_owned(), share))
        .to_vec(),
        metrics: metrics(1_496, 0.163, 0.79),
        by_category: categories
            .map(|(category, rows, mdape, coverage)| CategoryMetrics {
                category: category.into(),
                metrics: metrics(rows, mdape, coverage),
            })
            .to_vec(),
        calibration: [
            (0.1, 0.11),
            (0.3, 0.31),
            (0.5, 0.49),
            (0.7, 0.68),
            (0.8, 0.79),
            (0.9, 0.86),
            (0.95, 0.92),
        ]
        .map(|(nominal, observed)| CalibrationPoint { nominal, observed, rows: 1_496 })
        .to_vec(),
        quantiles: [
            (0.05, 0.06),
            (0.1, 0.11),
            (0.25, 0.26),
            (0.5, 0.52),
            (0.75, 0.75),
            (0.9, 0.91),
            (0.95, 0.94),
        ]
        .map(|(nominal, observed)| CalibrationPoint { nominal, observed, rows: 1_496 })
        .to_vec(),
        weak_points: vec!["Nothing above $2,500 was among the training listings.".into()],
    }
}

fn quality(dice: &mut Dice) -> (DataQuality, Option<Market>) {
    let (mut quality, mut market) = (QualityTally::default(), MarketTally::default());
    for i in 0..900 {
        let seen = observation(["marketa", "marketb", "marketc"][i % 3], i, "thing", "tools", 10_000);
        let listing = enriched(dice, &seen, i % 9, 15_000);
        quality.add(&seen, Some(listing.presence));
        market.add(&listing);
    }
    for (i, complete) in [(0, true), (1, true), (2, false)] {
        let platform = ["marketa", "marketb", "marketc"][i].parse().unwrap();
        quality.add_scan(&Scan {
            scan_id: i.to_string(),
            platform,
            query: "all".into(),
            observed_at: hours_ago(3),
            complete,
            listings: 300,
            run_id: RunId("r".into()),
        });
    }
    let set_aside = |code: &str, text: &str, count| QuarantineReason {
        code: code.into(),
        text: text.into(),
        count,
        example: Some(format!("marketb-2026-11-23.csv:{count}")),
    };
    let quarantine = vec![
        set_aside("bad_date", "the date could not be read", 17),
        set_aside("no_title", "the title is empty", 96),
        set_aside("bad_price", "the price could not be read", 7),
    ];
    (quality.finish(quarantine), market.finish())
}

fn stage(stage: Stage, rows: (u64, u64, u64), seconds: f64) -> StageRecord {
    StageRecord {
        stage,
        state: RunState::Finished,
        started_at: hours_ago(1),
        finished_at: Some(hours_ago(1)),
        rows_in: rows.0,
        rows_out: rows.1,
        rows_rejected: rows.2,
        seconds,
        peak_memory_bytes: 212_000_000 + (seconds * 9e6) as u64,
        error: None,
    }
}

fn run(id: u8, hours: i64) -> Run {
    Run {
        run_id: RunId(format!("01KDREPORTSAMPLE00000000{id:02}")),
        kind: "run".into(),
        state: RunState::Finished,
        started_at: hours_ago(hours),
        finished_at: Some(hours_ago(hours)),
        stages: vec![
            stage(Stage::Ingest, (11_723, 11_603, 120), 2.4),
            stage(Stage::Enrich, (11_603, 11_603, 0), 9.8),
            stage(Stage::Score, (11_603, 8_699, 0), 31.2),
            stage(Stage::Decide, (8_699, 7, 0), 0.3),
        ],
        model_version: Some("2026-11-22-3f9c1a7b".into()),
        config_hash: "c0ffee".into(),
        error: None,
    }
}

/// A day with deals, a model, history and two problems.
pub(super) fn rich() -> ReportData {
    let mut dice = Dice(7);
    let (passed_reasons, passed) = passed();
    let (quality, market) = quality(&mut dice);
    let mut data = ReportData {
        generated_at: now(),
        currency: Currency::USD,
        simulated: true,
        run: run(9, 1),
        budget: Budget { capital: Cents(500_000), stock_at_cost: Cents(112_500), open_holds: Cents(24_000) },
        previous: None,
        deals: (0..ITEMS.len()).map(|i| deal(&mut dice, i)).collect(),
        passed_reasons,
        passed,
        model: Some(model(&mut dice)),
        quality,
        market,
        history: vec![],
        problems: vec![
            Problem {
                severity: Severity::Warning,
                title: "marketc showed only its first 300 listings".into(),
                message: "the scan was capped, so nothing there is taken for gone".into(),
                suggested_action: Some("narrow the query, or run `autobazaaar run` more often".into()),
            },
            Problem {
                severity: Severity::Info,
                title: "96 rows had no title".into(),
                message: "they are in quarantine".into(),
                suggested_action: None,
            },
        ],
    };
    let now = data.summary();
    data.history = (1..9)
        .map(|i| {
            let run = run(i, 24 * (9 - i64::from(i)) + 1);
            let summary = RunSummary {
                run_id: run.run_id.clone(),
                started_at: run.started_at,
                deals: 3 + u64::from(i) % 4,
                net_profit: Cents(now.net_profit.0 * (4 + i64::from(i) % 5) / 9),
                listings_read: 11_000 + 60 * u64::from(i),
                mdape: Some(0.17),
                ..now.clone()
            };
            PastRun { run, summary: Some(summary) }
        })
        .collect();
    data.previous = data.history.last().and_then(|past| past.summary.clone());
    data
}

/// The same day without a deal.
pub(super) fn no_deals() -> ReportData {
    ReportData { deals: vec![], ..rich() }
}

/// Listings, but no model.
pub(super) fn no_model() -> ReportData {
    ReportData { deals: vec![], model: None, previous: None, history: vec![], ..rich() }
}

/// Nothing at all.
pub(super) fn no_data() -> ReportData {
    ReportData {
        run: Run { stages: vec![], ..run(1, 1) },
        passed_reasons: vec![],
        passed: vec![],
        quality: DataQuality::default(),
        market: None,
        problems: vec![],
        simulated: false,
        ..no_model()
    }
}
