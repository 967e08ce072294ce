//! What a visitor sees: pages of results, single listings, whole passes.

use autobazaaar_domain::hash::{FieldHasher, hex};
use autobazaaar_domain::{
    Currency, ListingKey, Location, Observation, PriceKind, RunId, Seller, Status, Utc,
};
use serde::{Deserialize, Serialize};

use super::acts::Refusal;
use super::resale::Own;
use super::stock::{Live, Shelved, copy_key};
use super::{Bazaar, SampleScan, SeenAgain};
use crate::catalogue::CATEGORIES;
use crate::ids::thing_of;
use crate::listing::{Page, key};
use crate::venue::VENUES;

/// What to search for. Without a category and words it is everything that a venue has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// A category's name.
    pub category: Option<String>,
    /// Words that must all fit: brand, line, kind of thing, category.
    #[serde(default)]
    pub words: String,
}

impl Query {
    /// Everything of a category.
    #[must_use]
    pub fn category(name: &str) -> Self {
        Self { category: Some(name.to_owned()), words: String::new() }
    }

    /// Whatever fits all words.
    #[must_use]
    pub fn words(words: &str) -> Self {
        Self { category: None, words: words.to_owned() }
    }

    /// The query in one line.
    #[must_use]
    pub fn text(&self) -> String {
        let category = self.category.as_deref().unwrap_or("");
        format!("{category} {}", self.words.trim()).trim().to_owned()
    }
}

/// A page of results, newest listings first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultPage {
    pub platform: String,
    pub query: String,
    /// From 0.
    pub page: u32,
    pub observed_at: Utc,
    pub listings: Vec<Observation>,
    /// Listings that fit, shown or not.
    pub total: u64,
    /// All that fit can be paged to; otherwise the search is capped.
    pub complete: bool,
    pub next: Option<u32>,
}

/// The names of the categories that can be searched.
#[must_use]
pub fn categories() -> Vec<&'static str> {
    CATEGORIES.iter().map(|category| category.name).collect()
}

impl Bazaar {
    /// A page of results of one venue.
    ///
    /// # Errors
    /// An unknown venue or category, or a fault of the plan (too many requests, unavailable,
    /// garbled).
    pub fn search(&mut self, venue: &str, query: &Query, page: u32) -> Result<ResultPage, Refusal> {
        self.read_luck()?;
        let venue_at = self.venue(venue)?;
        let cap = self.params.market.search_cap[venue_at] as usize;
        let size = self.params.market.page_size;
        let from = (page as usize).saturating_mul(size);
        let (found, total) = self.find(venue_at, query, from, size.min(cap.saturating_sub(from)))?;
        let listings = found.into_iter().filter_map(|shelved| self.show(venue_at, shelved)).collect();
        let more = from + size < total.min(cap);
        Ok(ResultPage {
            platform: venue.to_owned(),
            query: query.text(),
            page,
            observed_at: self.now,
            listings,
            total: total as u64,
            complete: total <= cap,
            next: more.then(|| page + 1),
        })
    }

    /// One listing: it stands, or its venue still shows it as sold.
    ///
    /// # Errors
    /// [`Refusal::Gone`], [`Refusal::NotFound`], or a fault of the plan.
    pub fn listing(&mut self, venue: &str, external_id: &str) -> Result<Observation, Refusal> {
        self.read_luck()?;
        let venue_at = self.venue(venue)?;
        let unknown = || Refusal::unknown(format!("{venue}:{external_id}"));
        if let Some(own) = self.own_at(venue_at, external_id) {
            return if self.own[own as usize].stands() {
                self.show(venue_at, Shelved::Ours(own)).ok_or(Refusal::Gone)
            } else {
                Err(Refusal::Gone)
            };
        }
        let (thing, copy) = thing_of(self.seed, external_id).ok_or_else(unknown)?;
        match self.stock.get(copy_key(thing, copy)) {
            Some(live) if usize::from(live.venue) == venue_at => {
                self.show(venue_at, Shelved::Theirs(copy_key(thing, copy))).ok_or(Refusal::Gone)
            }
            Some(_) => Err(unknown()),
            None if thing < self.next_thing || self.scripts.contains_key(&thing) => Err(Refusal::Gone),
            None => Err(unknown()),
        }
    }

    /// A whole pass over one category of a venue, as samples give it: full rows only for what is
    /// new or changed since the last pass. Capped as the venue's search is.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn scan(&mut self, venue: &str, category: &str) -> Result<SampleScan, Refusal> {
        self.read_luck()?;
        let venue_at = self.venue(venue)?;
        let query = Query::category(category);
        let cap = self.params.market.search_cap[venue_at] as usize;
        let (found, total) = self.find(venue_at, &query, 0, cap)?;
        let (mut observations, mut seen_again) = (Vec::new(), Vec::new());
        for shelved in found {
            if let Some((key, observation_id)) = self.known(venue_at, shelved) {
                seen_again.push(SeenAgain { key, observation_id });
            } else if let Some(observation) = self.show(venue_at, shelved) {
                self.remember(shelved, &observation);
                observations.push(observation);
            }
        }
        Ok(SampleScan {
            platform: self.platforms[venue_at].clone(),
            query: category.to_owned(),
            observed_at: self.now,
            complete: total <= cap,
            observations,
            seen_again,
        })
    }

    /// Rows are written down as read in this run.
    pub fn read_as(&mut self, run_id: RunId) {
        self.run_id = run_id;
    }

    pub(super) fn venue(&self, name: &str) -> Result<usize, Refusal> {
        let found = VENUES[..self.world.venues].iter().position(|venue| venue.name == name);
        found.ok_or_else(|| Refusal::unknown(name))
    }

    /// What fits a query, newest first: the part asked for, and how many there are.
    fn find(
        &self,
        venue: usize,
        query: &Query,
        from: usize,
        most: usize,
    ) -> Result<(Vec<Shelved>, usize), Refusal> {
        let named = match &query.category {
            Some(name) => {
                let at = CATEGORIES.iter().position(|category| category.name == name.as_str());
                vec![at.ok_or_else(|| Refusal::unknown(name))?]
            }
            None => (0..CATEGORIES.len()).collect(),
        };
        let words: Vec<String> = query.words.split_whitespace().take(12).map(str::to_lowercase).collect();
        if let ([category], true) = (&named[..], words.is_empty()) {
            let shelf = self.stock.shelf(venue, *category);
            return Ok((shelf.values().rev().skip(from).take(most).copied().collect(), shelf.len()));
        }
        let mut found: Vec<(u64, Shelved)> = Vec::new();
        for category in named {
            let fits = WordFit::new(category, &words);
            let shelf = self.stock.shelf(venue, category);
            found.extend(shelf.iter().filter(|(_, s)| self.fits(&fits, **s)).map(|(at, s)| (*at, *s)));
        }
        found.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
        let total = found.len();
        Ok((found.into_iter().skip(from).take(most).map(|(_, shelved)| shelved).collect(), total))
    }

    fn fits(&self, fits: &WordFit, shelved: Shelved) -> bool {
        match shelved {
            Shelved::Theirs(copy) => self.stock.get(copy).is_some_and(|live| fits.live(live)),
            Shelved::Ours(own) => fits.text(&self.own[own as usize].draft.title),
        }
    }

    pub(super) fn show(&self, venue_at: usize, shelved: Shelved) -> Option<Observation> {
        let (venue, platform) = (&VENUES[venue_at], &self.platforms[venue_at]);
        let raw_ref = format!("bazaar/{}/{}", venue.name, self.now.format("%Y-%m-%d"));
        match shelved {
            Shelved::Theirs(copy) => {
                let live = self.stock.get(copy)?;
                let page =
                    Page { world: self.world, venue, platform, run_id: &self.run_id, at: self.now, raw_ref };
                Some(page.show(&live.standing, &self.thing(live.standing.thing)))
            }
            Shelved::Ours(own) => Some(self.show_own(&self.own[own as usize], raw_ref)),
        }
    }

    fn show_own(&self, own: &Own, raw_ref: String) -> Observation {
        let draft = &own.draft;
        Observation {
            key: own.key.clone(),
            run_id: self.run_id.clone(),
            observed_at: self.now,
            url: Some(url(&own.key)),
            title: draft.title.clone(),
            description: draft.description.clone(),
            category: CATEGORIES[own.category].name.to_owned(),
            condition: draft.condition,
            price: Some(own.price),
            price_kind: PriceKind::OrBestOffer,
            currency: Currency::USD,
            original_price: (own.price < draft.price).then_some(draft.price),
            shipping_price: draft.shipping_price,
            primary_image: draft.images.first().cloned(),
            images: draft.images.clone(),
            location: Location::default(),
            seller_key: Some(our_seller_key()),
            seller: Seller::default(),
            listed_at: Some(own.listed_at),
            expires_at: None,
            views: Some(i64::from(own.visits) * 9),
            watchers: None,
            status: Status::Active,
            sold_at: None,
            attributes: draft.attributes.clone().into(),
            raw_ref,
        }
    }

    /// Key and content of a listing that was shown before and has not changed since.
    fn known(
        &self,
        venue: usize,
        shelved: Shelved,
    ) -> Option<(ListingKey, autobazaaar_domain::ObservationId)> {
        match shelved {
            Shelved::Theirs(copy) => {
                let standing = &self.stock.get(copy)?.standing;
                let id = standing.shown.filter(|_| !standing.changed)?;
                Some((key(self.world, &self.platforms[venue], standing), id))
            }
            Shelved::Ours(own) => {
                let own = &self.own[own as usize];
                Some((own.key.clone(), own.shown?))
            }
        }
    }

    fn remember(&mut self, shelved: Shelved, observation: &Observation) {
        match shelved {
            Shelved::Theirs(copy) => {
                if let Some(live) = self.stock.get_mut(copy) {
                    live.standing.shown = Some(observation.id());
                    live.standing.changed = false;
                }
            }
            Shelved::Ours(own) => self.own[own as usize].shown = Some(observation.id()),
        }
    }

    /// Faults that reading meets.
    pub(super) fn read_luck(&mut self) -> Result<(), Refusal> {
        let mut dice = self.call();
        let faults = self.faults;
        if dice.chance(faults.rate_limited) {
            return Err(Refusal::RateLimited { retry_after_s: 1 + dice.below(60) as u32 });
        }
        if dice.chance(faults.unavailable) {
            return Err(Refusal::Unavailable);
        }
        if dice.chance(faults.malformed) {
            return Err(Refusal::Garbled);
        }
        Ok(())
    }
}

/// The seller key that our own listings show.
#[must_use]
pub fn our_seller_key() -> String {
    hex(&FieldHasher::new("bazaar seller").text("us").finish())
}

/// Where a listing can be read.
pub(super) fn url(key: &ListingKey) -> String {
    format!("https://{}.invalid/item/{}", key.platform, key.external_id)
}

/// Which of a category's families, brands and lines each word fits.
struct WordFit {
    category: usize,
    /// Per word, three sets as bits.
    words: Vec<[u64; 3]>,
    plain: Vec<String>,
}

impl WordFit {
    fn new(category_at: usize, words: &[String]) -> Self {
        let category = &CATEGORIES[category_at];
        let set = |names: &mut dyn Iterator<Item = bool>| {
            names.enumerate().take(64).fold(0, |set, (at, fits)| if fits { set | 1 << at } else { set })
        };
        let bits = |word: &String| {
            if has_word(category.name, word) {
                return [u64::MAX; 3];
            }
            let mut families =
                category.families.iter().map(|f| f.nouns.iter().any(|noun| has_word(noun, word)));
            let mut brands = category.brands.iter().map(|brand| has_word(brand, word));
            let mut lines = category.lines.iter().map(|line| has_word(line, word));
            [set(&mut families), set(&mut brands), set(&mut lines)]
        };
        Self { category: category_at, words: words.iter().map(bits).collect(), plain: words.to_vec() }
    }

    fn live(&self, live: &Live) -> bool {
        debug_assert_eq!(usize::from(live.category), self.category);
        let has = |set: u64, at: u8| at < 64 && set >> at & 1 == 1;
        self.words.iter().all(|sets| sets.iter().zip(live.words).any(|(set, at)| has(*set, at)))
    }

    fn text(&self, title: &str) -> bool {
        self.plain.iter().all(|word| has_word(title, word) || has_word(CATEGORIES[self.category].name, word))
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word))
}
