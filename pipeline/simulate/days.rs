//! Day after day: read the venues, value, decide, act, let the hours pass.

use std::collections::{BTreeSet, HashSet};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_bazaar::live::{Bazaar, Faults, Params, Refusal, Scenario, categories};
use autobazaaar_bazaar::selling_venues;
use autobazaaar_domain::clock::VirtualClock;
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::owner::{ApprovalKind, ApprovalStatus};
use autobazaaar_domain::resale::ResaleStatus;
use autobazaaar_domain::{Basis, Currency, ListingKey, Money, ReasonCode, SeededEntropy, Utc};
use autobazaaar_lake::{Lake, LakeError};
use autobazaaar_models::selling::SellingCard;
use autobazaaar_negotiation::Negotiator;
use autobazaaar_negotiation::strategy::{Baseline, Learned};
use autobazaaar_negotiation::writing::Owner;
use autobazaaar_store::{Actor, Options, Store, StoreError, TrackedDeal};
use chrono::TimeDelta;

use super::account::{self, Account, DayOfAccount};
use super::diagnosis::{Beside, beside, sum_up};
use super::knowing::{self, Known};
use super::market::InBazaar;
use crate::config::Config;
use crate::decide::{Limits, Portfolio, Verdict, decide, opportunity, verdict};
use crate::execute::{ExecuteError, Executor, Settings};
use crate::ingest::Source;
use crate::invariants;
use crate::runner::sample::Standing;
use crate::runner::{Outside, Runner, StageError, Unwatched};
use crate::score::Economics;
use crate::score::config::SellingVenue;
use crate::score::stage::for_each_deal;

/// Hours between two looks at messages and orders.
const HOURS: i64 = 3;
/// Days between trainings.
const TRAIN_EVERY: u32 = 7;
/// Yearly cost of capital that is still believed: a tenth a day.
const DEAREST_CAPITAL: f64 = 36.5;
/// Most examples of a training.
const EXAMPLES: NonZeroU32 = NonZeroU32::new(20_000).unwrap();
/// Parts of a training; days after which a listing that is gone no longer teaches.
const FOLDS: NonZeroU32 = NonZeroU32::new(3).unwrap();
const LOOK_BACK: NonZeroU32 = NonZeroU32::new(14).unwrap();
/// Of any kind; the demonstration is not to be held up by the limit of a careful owner.
const MESSAGES_A_DAY: i64 = 200;
/// The simulated owner photographs what comes in.
const PHOTOS: u32 = 4;

autobazaaar_domain::words! {
    /// Who bargains.
    #[derive(Default)]
    Bargaining {
        /// By a belief about what the seller would take.
        #[default]
        Learned = "learned",
        /// By the fixed steps of the strategies.
        Baseline = "baseline",
    }
}

autobazaaar_domain::words! {
    /// Who values what is offered.
    #[derive(Default)]
    Trader {
        /// The program, by what it has seen.
        #[default]
        Learning = "learning",
        /// One who knows all true values: the measure of the other.
        Knowing = "knowing",
    }
}

/// What to play.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    pub days: u32,
    pub seed: u64,
    /// Where its lake, models and state are: a folder of its own.
    pub folder: PathBuf,
    /// The moment it begins.
    pub start: Utc,
    /// The market's figures.
    pub params: Params,
    /// A staged course beside the ordinary market.
    pub scenario: Option<Scenario>,
    pub negotiator: Bargaining,
    /// Chance that a call of the market goes wrong, each way of it: no answer before or after the
    /// deed, too many requests, weak moments, broken pages, doubled and reordered messages.
    pub faults: f64,
    pub trader: Trader,
    /// What was learned of selling, for a trader who learns nothing himself.
    pub selling: Option<SellingCard>,
}

/// Why the days ended early.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the market's fees: {0}")]
    Fees(#[from] autobazaaar_domain::fees::FeeError),
    #[error("no capital in USD is configured; set limits.capital")]
    NoCapital,
    #[error("the simulation cannot start: {0}")]
    Io(#[from] std::io::Error),
    #[error("the market: {0}")]
    Market(#[from] Refusal),
    #[error("the lake cannot be checked: {0}")]
    Sql(#[from] crate::publish::SqlError),
    #[error("the drill cannot start: {0}")]
    Drill(String),
}

/// Told of each day.
pub type Progress<'a> = dyn Fn(&DayOfAccount) + Sync + 'a;

/// The days under way.
pub struct Demo {
    config: Config,
    options: DemoOptions,
    clock: VirtualClock,
    entropy: Arc<SeededEntropy>,
    market: InBazaar,
    standing: Standing,
    store: Store,
    settings: Settings,
    negotiator: Box<dyn Negotiator>,
    currency: Currency,
    capital: Money,
    /// The configured yearly cost of capital: the least that it costs.
    capital_cost: f64,
    /// What the trader who knows has seen.
    known: Known,
    /// What was chosen so far, beside the truth.
    chosen: Vec<Beside>,
    standing_at_end: Vec<Beside>,
}

impl Demo {
    /// Opens the market and the store, and puts the owner's capital in.
    ///
    /// # Errors
    /// When the folder cannot be written or no capital is configured.
    pub async fn open(config: &Config, options: DemoOptions) -> Result<Self, DemoError> {
        let currency = Currency::USD;
        let limits = Limits::new(config.limits.clone()).map_err(|e| StageError::Limits(e.to_string()))?;
        let capital = Money { amount: limits.capital(currency), currency };
        if capital.amount.0 <= 0 {
            return Err(DemoError::NoCapital);
        }
        let mut bazaar = Bazaar::new(options.params.clone(), options.seed, options.start)?;
        if let Some(scenario) = options.scenario {
            bazaar.scenario(scenario);
        }
        if options.faults > 0.0 {
            bazaar.set_faults(Faults::all(options.seed, options.faults));
        }
        let entropy = Arc::new(SeededEntropy::new(options.seed));
        let state = options.folder.join("state");
        std::fs::create_dir_all(&state)?;
        // The market is gone when the process is: what a power cut could take is worth nothing then.
        let store = Store::open(Options::folder(&state).fast(), entropy.clone(), options.start).await?;
        let settings = Settings {
            photos: PHOTOS,
            ..Settings::new(demo_owner(), MESSAGES_A_DAY, vec![(currency, capital.amount)])
        };
        let negotiator: Box<dyn Negotiator> = match options.negotiator {
            Bargaining::Learned => Box::new(Learned::default()),
            Bargaining::Baseline => Box::new(Baseline { gap: settings.playbook.gap }),
        };
        let mut tx = store.begin(options.start, &Actor::new("owner", "demo")).await?;
        tx.pay_in(capital).await?;
        tx.commit().await?;
        let clock = VirtualClock::new(options.start);
        let market = InBazaar(bazaar);
        let standing = Standing::default();
        Ok(Self {
            config: on_the_bazaar(config, currency, &market.0),
            options,
            clock,
            entropy,
            market,
            standing,
            store,
            settings,
            negotiator,
            currency,
            capital,
            capital_cost: config.economics.capital_cost,
            known: Known::default(),
            chosen: Vec::new(),
            standing_at_end: Vec::new(),
        })
    }

    /// Plays all days.
    ///
    /// # Errors
    /// When a stage fails or a folder cannot be written.
    pub async fn play(mut self, progress: &Progress<'_>) -> Result<Account, DemoError> {
        let mut days = Vec::new();
        let capital = self.capital;
        self.executor().set_limits(&[capital]).await?;
        for day in 1..=self.options.days {
            let morning = self.options.start + TimeDelta::days(i64::from(day));
            self.advance(morning);
            let verdicts = match self.options.trader {
                Trader::Learning => self.pass(day).await?,
                Trader::Knowing => self.pass_knowing().await?,
            };
            self.note_chosen(&verdicts);
            self.executor().take_on(verdicts).await?;
            self.owner_answers().await?;
            for hour in (0..24).step_by(HOURS as usize) {
                self.advance(morning + TimeDelta::hours(hour));
                self.executor().tick().await?;
            }
            let at = morning + TimeDelta::hours(24 - HOURS);
            let end = account::day(&self.store, self.currency, day, at).await?;
            progress(&end);
            days.push(end);
        }
        self.close_the_books().await?;
        let ledger = account::ledger(&self.store, self.currency).await?;
        let flows = self.market.0.oracle().flows();
        let mut found = invariants::of_state(&self.store).await?;
        let outside = self.market.outside().await?;
        found.extend(invariants::against_the_world(&self.store, &outside).await?);
        let lake = Lake::new(&self.options.folder);
        found.extend(invariants::of_lake(&lake, self.config.publish.memory_mb.get().into())?);
        let violations = found.iter().map(ToString::to_string).collect();
        let account = Account {
            currency: self.currency,
            capital: self.capital.amount,
            days,
            ledger,
            outcomes: account::outcomes(&self.store).await?,
            violations,
            true_value_in_hand: flows.in_hand + flows.on_the_way,
            chosen: sum_up(&self.chosen),
            standing: sum_up(&self.standing_at_end),
            called_off: account::called_off(&self.store).await?,
            knowing: None,
            market_hash: self.market.0.log_hash(),
        };
        self.store.close().await?;
        Ok(account)
    }

    /// What the last day brought goes into the lake, too, and all of it to analysts.
    async fn close_the_books(&mut self) -> Result<(), DemoError> {
        let entropy = Arc::clone(&self.entropy);
        let random = move || autobazaaar_domain::Entropy::bits(entropy.as_ref());
        let outside =
            Outside { config: &self.config, clock: &self.clock, random: &random, watcher: &Unwatched };
        let mut runner = Runner::start(Lake::new(&self.options.folder), "demo", outside)?;
        runner.outcomes(&self.store).await?;
        runner.publish()?;
        runner.finish()?;
        Ok(())
    }

    fn advance(&mut self, to: Utc) {
        self.clock.set(to);
        self.market.0.advance_to(to);
    }

    fn executor(&mut self) -> Executor<'_, InBazaar> {
        let now = self.now();
        Executor::new(&self.store, &mut self.market, &self.settings, self.negotiator.as_ref(), now)
    }

    /// One pass over the stages, as `run` does it, up to the decisions.
    async fn pass(&mut self, day: u32) -> Result<Vec<Verdict>, DemoError> {
        let portfolio = self.portfolio().await?;
        let own = self.own_listings().await?;
        let entropy = Arc::clone(&self.entropy);
        let random = move || autobazaaar_domain::Entropy::bits(entropy.as_ref());
        let outside =
            Outside { config: &self.config, clock: &self.clock, random: &random, watcher: &Unwatched };
        let mut runner = Runner::start(Lake::new(&self.options.folder), "demo", outside)?;
        self.market.0.read_as(runner.run_id().clone());
        runner.outcomes(&self.store).await?;
        let mut sources: Vec<Box<dyn Source>> = Vec::new();
        let venues: Vec<String> = self.market.0.venues().iter().map(ToString::to_string).collect();
        for venue in &venues {
            for category in categories() {
                // A venue that does not answer is read again tomorrow.
                let Ok(mut scan) = self.market.0.scan(venue, category) else { continue };
                scan.observations.retain(|seen| !own.contains(&seen.key));
                scan.seen_again.retain(|seen| !own.contains(&seen.key));
                sources.push(self.standing.source(scan, runner.run_id()));
            }
        }
        let platforms: BTreeSet<String> = venues.into_iter().collect();
        runner.ingest(platforms, sources.into_iter())?;
        runner.enrich()?;
        if day % TRAIN_EVERY == 1 || TRAIN_EVERY == 1 {
            runner.train(Basis::ALL)?;
        }
        runner.score()?;
        let decided = runner.decide_within(&portfolio)?;
        if day == self.options.days {
            let economics = runner.economics()?;
            let oracle = self.market.0.oracle();
            let standing = &mut self.standing_at_end;
            for_each_deal(&runner.lake, &economics, runner.now(), |deals| -> Result<(), LakeError> {
                let open = deals.iter().map(|(_, _, deal)| deal).filter(|deal| deal.status_reason.is_empty());
                standing.extend(open.filter_map(|deal| beside(deal, &oracle.listing(&deal.key)?)));
                Ok(())
            })?;
        }
        runner.finish()?;
        self.note_opportunity(decided.opportunity);
        Ok(decided.verdicts)
    }

    /// Money that is tied up costs what it could earn elsewhere: what it could today counts half, what
    /// it could before the other half. On days without money nothing is turned away for want of it.
    fn note_opportunity(&mut self, today: f64) {
        if today > 0.0 {
            let yearly = (today * 365.0).min(DEAREST_CAPITAL);
            let cost = &mut self.config.economics.capital_cost;
            *cost = (0.5 * *cost + 0.5 * yearly).max(self.capital_cost);
        }
    }

    /// The same of one who knows all true values: what a pass over the venues shows, scored by them.
    async fn pass_knowing(&mut self) -> Result<Vec<Verdict>, DemoError> {
        let now = self.now();
        let portfolio = self.portfolio().await?;
        let own = self.own_listings().await?;
        let limits =
            Limits::new(self.config.limits.clone()).map_err(|e| StageError::Limits(e.to_string()))?;
        let fees =
            autobazaaar_bazaar::platforms().into_iter().fold(Economics::built_in_fees()?, |fees, name| {
                fees.charging_like(name, autobazaaar_bazaar::fee_platform(name))
            });
        let economics = Economics::new(self.config.economics.clone(), fees)
            .map_err(StageError::from)?
            .with_learned(self.options.selling.clone())
            .all_knowing();
        let venues: Vec<String> = self.market.0.venues().iter().map(ToString::to_string).collect();
        let mut deals = Vec::new();
        for venue in &venues {
            for category in categories() {
                let Ok(scan) = self.market.0.scan(venue, category) else { continue };
                let oracle = self.market.0.oracle();
                let seen = self.known.see(scan).into_iter().filter(|seen| !own.contains(&seen.key));
                deals.extend(
                    seen.filter_map(|seen| {
                        knowing::deal(&seen, &oracle.listing(&seen.key)?, &economics, now)
                    }),
                );
            }
        }
        let decisions = decide(&deals, &limits, &portfolio, now);
        self.note_opportunity(opportunity(&deals, &decisions));
        let all = deals.into_iter().zip(decisions).map(|(deal, decision)| verdict(deal, decision));
        Ok(all.filter(|verdict| *verdict != Verdict::Pass).collect())
    }

    /// Holds what was chosen against the truth, for the report alone.
    fn note_chosen(&mut self, verdicts: &[Verdict]) {
        let oracle = self.market.0.oracle();
        for verdict in verdicts {
            let deal = match verdict {
                Verdict::Go(approved) => &approved.get().0,
                Verdict::Ask(waiting) => &waiting.get().0,
                Verdict::Pass => continue,
            };
            self.chosen.extend(oracle.listing(&deal.key).and_then(|hidden| beside(deal, &hidden)));
        }
    }

    fn now(&self) -> Utc {
        use autobazaaar_domain::Clock as _;
        self.clock.now()
    }

    /// The simulated owner agrees to whatever the rules chose within the limits. What is too good to be
    /// true he buys only where a fraud cannot keep his money: at the door, or where the venue pays it
    /// back.
    async fn owner_answers(&mut self) -> Result<(), DemoError> {
        let mut reader = self.store.read().await?;
        let asked = reader.approvals(ApprovalStatus::Waiting, 1_000).await?;
        let mut answers = Vec::new();
        for approval in asked.into_iter().filter(|asked| asked.kind == ApprovalKind::Purchase) {
            let Ok(id) = approval.subject.parse() else { continue };
            let doubtful = match reader.deal(id).await? {
                Some(deal) => is_doubtful(&deal) && !self.is_safe(&deal),
                None => true,
            };
            answers.push((approval.approval_id, doubtful));
        }
        drop(reader);
        for (id, doubtful) in answers {
            if doubtful {
                self.executor().reject(id, Some("too good to be true")).await?;
            } else {
                self.executor().approve(id, Some("as the rules say")).await?;
            }
        }
        Ok(())
    }

    /// Paid at the door, or paid back by the venue when nothing comes: what its terms say.
    fn is_safe(&self, deal: &TrackedDeal) -> bool {
        let figures = deal.deal.as_ref().and_then(|deal| deal.figures.as_ref());
        let at_the_door = figures.is_some_and(|figures| figures.costs.travel.0 > 0);
        at_the_door || self.market.0.pays_back(deal.key.platform.as_str())
    }

    /// What is tied up already, as the limits see it.
    async fn portfolio(&self) -> Result<Portfolio, DemoError> {
        let mut reader = self.store.read().await?;
        Ok(crate::execute::portfolio(&mut reader, [self.currency], self.now()).await?)
    }

    /// Our own offers: they teach no price and are no deal.
    async fn own_listings(&self) -> Result<HashSet<ListingKey>, DemoError> {
        let mut reader = self.store.read().await?;
        let mut own = HashSet::new();
        for status in [ResaleStatus::Active, ResaleStatus::Paused, ResaleStatus::Sold] {
            let listings = reader.resales(status, 10_000).await?;
            own.extend(listings.iter().filter_map(crate::execute::key_of));
        }
        Ok(own)
    }
}

fn is_doubtful(deal: &TrackedDeal) -> bool {
    let reasons = deal.decision.as_ref().map(|decision| &decision.reasons);
    reasons.is_none_or(|reasons| reasons.iter().any(|reason| reason.code == ReasonCode::CheckFraud))
}

/// The owner's configuration, but selling where the simulated buyers are.
fn on_the_bazaar(config: &Config, currency: Currency, bazaar: &Bazaar) -> Config {
    let venue =
        |(platform, delivery): (&str, Delivery)| SellingVenue { platform: platform.to_owned(), delivery };
    let mut config = config.clone();
    let venues: Vec<SellingVenue> = selling_venues().into_iter().map(venue).collect();
    let local = venues.iter().filter(|venue| venue.delivery == Delivery::Local);
    config.economics.pickup_platforms.extend(local.map(|venue| venue.platform.clone()));
    let venues_of_bazaar = bazaar.venues().iter().map(ToString::to_string);
    config.economics.protected_platforms.extend(venues_of_bazaar.filter(|name| bazaar.pays_back(name)));
    config.economics.venues.insert(currency.as_str().to_owned(), venues);
    // A month is to pass in minutes: the newest are enough to learn from, in few parts.
    config.enrich.look_back_days = config.enrich.look_back_days.min(LOOK_BACK);
    config.train.folds = FOLDS;
    config.train.max_examples = config.train.max_examples.min(EXAMPLES);
    config.train.measure_newest = false;
    config
}

/// Nobody: the simulated market's owner.
pub(super) fn demo_owner() -> Owner {
    Owner {
        name: "Robin Example".to_owned(),
        postal_address: "1 Example Street, Exampleton".to_owned(),
        pays_promptly: true,
        flexible_pickup: true,
        ..Owner::default()
    }
}
