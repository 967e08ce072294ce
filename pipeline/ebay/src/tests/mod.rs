//! The client against the local eBay, over loopback.

mod effects;
mod reading;
mod selling;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use autobazaaar_domain::{Clock, Currency, Money, Utc};
use autobazaaar_fetch::testing::NoJitter;
use autobazaaar_fetch::{Fetcher, Parts, QuotaBook, Rate, Recorder, Secret, Web};
use chrono::TimeDelta;

use crate::testing::{CATEGORY, EbayServer, LOCATION, POLICIES, Setup};
use crate::{Ebay, EffectId, ListingDraft, Policies, QUOTAS, Settings};

/// A clock that is set by hand.
struct Hand(Mutex<Utc>);

impl Clock for Hand {
    fn now(&self) -> Utc {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    fn forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

/// A server, a client for it, the clock of both, and the folder of records.
struct Stage {
    server: EbayServer,
    ebay: Arc<Ebay>,
    clock: Arc<Hand>,
    records: tempfile::TempDir,
}

async fn stage(change: impl FnOnce(&mut Setup, &mut Option<(String, Secret)>)) -> Stage {
    let clock = Arc::new(Hand(Mutex::new("2026-11-24T12:00:00Z".parse().unwrap())));
    let mut setup = Setup::new(clock.clone());
    let mut keys = Some(("app".to_owned(), Secret::new("secret")));
    change(&mut setup, &mut keys);
    let refresh_token = setup.refresh_token.clone().map(Secret::new);
    let server = EbayServer::start(setup).await.unwrap();
    let records = tempfile::tempdir().unwrap();
    let fetch = autobazaaar_fetch::Settings { time_out: Duration::from_millis(300), ..Default::default() };
    let mut parts = Parts::new(fetch, Arc::new(Web::new()), clock.clone(), Arc::new(NoJitter));
    parts.settings.backoff.first = Duration::from_millis(1);
    let quotas = QUOTAS.map(|(quota, daily)| (quota.as_str().to_owned(), daily));
    parts.quotas = QuotaBook::open(None, quotas).unwrap();
    parts.recorder = Some(Recorder::new(records.path(), TimeDelta::days(1)));
    let (id, secret) = keys.unwrap();
    let settings = Settings::at(&server.base(), &id, secret).unwrap();
    let settings = Settings { rate: Rate::Unlimited, refresh_token, ..settings };
    let ebay = Arc::new(Ebay::new(settings, Arc::new(Fetcher::new(parts).unwrap())));
    Stage { server, ebay, clock, records }
}

fn effect() -> EffectId {
    EffectId("effect-1".into())
}

fn camera() -> ListingDraft {
    ListingDraft {
        sku: "AB-1".into(),
        title: "Canon AE-1 Program 35mm film camera".into(),
        description: "Tested, works.".into(),
        condition_id: 3000,
        condition_note: Some("Light wear".into()),
        category_id: CATEGORY.into(),
        aspects: BTreeMap::from([("Brand".into(), vec!["Canon".into()])]),
        images: vec!["https://pictures.test/1.jpg".into()],
        price: Money::new(18_999, Currency::USD),
        quantity: 1,
        policies: Policies {
            fulfilment: POLICIES[0].into(),
            payment: POLICIES[1].into(),
            returns: POLICIES[2].into(),
        },
        location_key: LOCATION.into(),
    }
}

impl Stage {
    /// How many effects of a kind the server carried out.
    fn count(&self, kind: &str) -> usize {
        self.server.effects().iter().filter(|(known, _)| *known == kind).count()
    }
}
