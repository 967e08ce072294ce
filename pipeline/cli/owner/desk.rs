//! The owner's desk: the store of the data folder, opened with the owner's settings.

use std::sync::Arc;

use autobazaaar_domain::{Cents, Currency, DrawnEntropy, Money, Platform, Utc};
use autobazaaar_negotiation::Learned;
use autobazaaar_negotiation::writing::Owner;
use autobazaaar_store::{Actor, Options, Store, Tx};
use chrono::NaiveDate;

use crate::cli::state::{has_state, no_state, state_folder};
use crate::cli::{CliError, Context, ResultExt as _};
use crate::config::Config;
use crate::decide::{Limits, Portfolio};
use crate::execute::hand::ByHand;
use crate::execute::market::Market;
use crate::execute::{Executor, Right, Rights, Settings, Ticked, portfolio};

/// An open store, and how to act on it.
pub struct Desk {
    pub store: Store,
    pub settings: Settings,
    pub now: Utc,
    negotiator: Learned,
    capital: Vec<Money>,
}

/// Opens the desk and does something at it.
///
/// # Errors
/// When there is no store or it cannot be opened, or those of `work`.
pub fn at_desk<T>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
) -> Result<T, CliError> {
    if !has_state(context)? {
        return Err(no_state(&state_folder(context)?));
    }
    at_new_desk(context, work)
}

/// What is tied up already, for decisions to count; `None` before the first deal.
///
/// # Errors
/// When the store cannot be read.
pub fn tied_up(context: &Context<'_>) -> Result<Option<Portfolio>, CliError> {
    if !has_state(context)? {
        return Ok(None);
    }
    at_desk(context, async |desk| {
        let currencies: Vec<Currency> = desk.capital.iter().map(|money| money.currency).collect();
        let mut reader = desk.store.read().await?;
        Ok(Some(portfolio(&mut reader, currencies, desk.now).await?))
    })
}

/// Opens the desk, making the store where there is none, and does something at it.
///
/// # Errors
/// When the store cannot be opened, or those of `work`.
pub fn at_new_desk<T>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let folder = crate::cli::session::lake(context)?.state();
    let config = context.config();
    let capital = capital(config)?;
    let settings = settings(config, &capital);
    let zone = config.owner.time_zone;
    let day_of = Arc::new(move |at: Utc| -> NaiveDate { zone.at(at).date_naive() });
    let entropy = Arc::new(DrawnEntropy::from(context.entropy));
    let now = context.now();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().doing("cannot open the state")?;
    runtime.block_on(async {
        let store = Store::open(Options::folder(&folder).days(day_of), entropy, now).await?;
        let desk = Desk { store, settings, now, negotiator: Learned::default(), capital };
        let result = desk.begin_the_day().await;
        let result = match result {
            Ok(()) => work(&desk).await,
            Err(error) => Err(error),
        };
        desk.store.close().await?;
        result
    })
}

impl Desk {
    /// Start-up is recovery; the limits are those of the configuration.
    async fn begin_the_day(&self) -> Result<(), CliError> {
        let mut hands = ByHand::default();
        let mut executor = self.executor(&mut hands);
        executor.recover().await?;
        executor.set_limits(&self.capital).await?;
        Ok(())
    }

    /// An executor that acts by these hands, or on this market.
    pub fn executor<'a, M: Market>(&'a self, hands: &'a mut M) -> Executor<'a, M> {
        Executor::new(&self.store, hands, &self.settings, &self.negotiator, self.now)
    }

    /// Takes in what the owner tells, and does what is due.
    ///
    /// # Errors
    /// The store cannot be written, or a rule stands against it.
    pub async fn tell<M: Market>(&self, mut hands: M) -> Result<Ticked, CliError> {
        Ok(self.executor(&mut hands).tick().await?)
    }

    /// A transaction of the owner's.
    ///
    /// # Errors
    /// Another process keeps the store locked.
    pub async fn begin(&self) -> Result<Tx<'_>, CliError> {
        Ok(self.store.begin(self.now, &Actor::new("owner", "cli")).await?)
    }
}

fn capital(config: &Config) -> Result<Vec<Money>, CliError> {
    let limits =
        Limits::new(config.limits.clone()).map_err(|error| CliError::usage(format!("limits: {error}")))?;
    Ok(limits.capital_of_all().map(|(currency, amount)| Money { amount, currency }).collect())
}

fn settings(config: &Config, capital: &[Money]) -> Settings {
    let (acting, owner) = (&config.acting, &config.owner);
    let spending: Vec<(Currency, Cents)> =
        capital.iter().map(|money| (money.currency, money.amount)).collect();
    // The configuration was checked: what is no venue never got here.
    let venues =
        |names: &[String]| Right::At(names.iter().filter_map(|name| name.parse::<Platform>().ok()).collect());
    let quiet = acting.quiet_hours.parse().ok().map(|hours| (hours, owner.time_zone));
    Settings {
        rights: Rights { contact: venues(&acting.contact_unasked), buy: venues(&acting.buy_unasked) },
        quiet,
        offer_hours: i64::from(acting.offer_hours.get()),
        reprice_days: i64::from(acting.reprice_days.get()),
        ..Settings::new(facts(config), i64::from(acting.messages_a_day), spending)
    }
}

/// What may be said of the owner.
fn facts(config: &Config) -> Owner {
    let owner = config.owner.clone();
    Owner {
        name: owner.name,
        postal_address: owner.postal_address,
        lives_near: owner.lives_near,
        pays_cash: owner.pays_cash,
        flexible_pickup: owner.flexible_pickup,
        pays_promptly: owner.pays_promptly,
        collects: owner.collects,
        invoice: owner.invoice,
        opt_out_url: owner.opt_out_url,
    }
}
