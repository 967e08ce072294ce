//! When two listings that share something are one item.

use std::cell::OnceCell;

use super::signature::TextSignature;
use super::{Evidence, ListingFacts, signature};
use crate::enrich::text::{TitleWords, for_each_word, mix, overlap, shingles};

/// Descriptions of one item share this much of their shingles.
const SAME_TEXT: f64 = 0.75;
/// Titles of one item share this much of their words when something stronger ties them.
const LIKE_TITLE: f64 = 0.5;
/// And this much when the title itself is half of the evidence.
const NEAR_EQUAL_TITLE: f64 = 0.8;
/// A seller may come down this far between two posts: higher price ÷ lower price.
const PRICE_DROP: f64 = 2.5;
/// For weaker evidence the prices must be nearer.
const LIKE_PRICE: f64 = 1.5;
const NEAR_PRICE: f64 = 1.25;
/// Readings that end in three zeros are estimates which many cars share.
const ROUND_ODOMETER: u64 = 1_000;
/// Bits of surprise a title needs beyond naming one listing among all: words of a title go
/// together, so their bits overstate how rare the whole is.
const SPARE_BITS: f64 = 18.0;
/// A title of fewer words names nothing by itself.
pub(super) const MIN_SPECIFIC_WORDS: usize = 5;

/// A listing within a block; its words are read when first compared, and once.
pub(super) struct Candidate<'a> {
    pub rank: u32,
    pub facts: &'a ListingFacts<'a>,
    text: Option<TextSignature>,
    words: OnceCell<TitleWords>,
    shingles: OnceCell<Vec<u64>>,
}

impl<'a> Candidate<'a> {
    /// `text` is the description's signature, where texts are compared.
    pub fn new(rank: u32, facts: &'a ListingFacts<'a>, text: Option<TextSignature>) -> Self {
        Self { rank, facts, text, words: OnceCell::new(), shingles: OnceCell::new() }
    }

    fn words(&self) -> &TitleWords {
        self.words.get_or_init(|| TitleWords::of(self.facts.title))
    }

    fn shingles(&self) -> &[u64] {
        self.shingles.get_or_init(|| {
            let mut all = Vec::new();
            shingles(self.facts.description.unwrap_or_default(), &mut all);
            all
        })
    }
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One item.
    Same,
    /// They share the thing that should tell items apart, yet are two: it may be a template.
    SharedByOthers,
    /// Nothing follows.
    Different,
}

/// Compares two listings of one block under the block's kind of evidence.
pub(super) fn compare(
    a: &Candidate<'_>,
    b: &Candidate<'_>,
    evidence: Evidence,
    rarity: Option<&Rarity>,
) -> Verdict {
    if a.facts.currency != b.facts.currency {
        return Verdict::Different;
    }
    match evidence {
        Evidence::Attributes => same_if(same_identity(a, b)),
        Evidence::Text if !same_text(a, b) => Verdict::Different,
        Evidence::Text | Evidence::Images => same_or_template(a, b),
        Evidence::SellerAndTitle => same_if(same_sellers_next_post(a, b)),
        Evidence::TitleAndAttributes => same_specific_title(a, b, rarity),
    }
}

/// Whether one venue names two different sellers.
pub(super) fn sellers_contradict(a: &ListingFacts<'_>, b: &ListingFacts<'_>) -> bool {
    match (a.seller_key, b.seller_key) {
        (Some(x), Some(y)) => x != y && a.key.platform == b.key.platform,
        _ => false,
    }
}

fn same_if(same: bool) -> Verdict {
    if same { Verdict::Same } else { Verdict::Different }
}

/// A serial number decides. An odometer reading decides unless it is round; where the model is
/// not an attribute, the titles must speak of the same car.
fn same_identity(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    if sellers_contradict(a.facts, b.facts) {
        return false;
    }
    if signature::serial(a.facts).is_some() {
        return true;
    }
    if !signature::names_model(a.facts) && !like_titles(a, b) {
        return false;
    }
    let round = signature::odometer(a.facts).is_none_or(|driven| driven % ROUND_ODOMETER == 0);
    !round || a.facts.price.is_some() && prices_within(a, b, NEAR_PRICE) && attributes_agree(a.facts, b.facts)
}

/// Whether every attribute that both state has one value.
fn attributes_agree(a: &ListingFacts<'_>, b: &ListingFacts<'_>) -> bool {
    a.attributes.iter().all(|(name, value)| b.attributes.get(name).is_none_or(|other| other == value))
}

fn same_text(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let (Some(x), Some(y)) = (&a.text, &b.text) else { return false };
    x.may_equal(y) && overlap(a.shingles(), b.shingles()) >= SAME_TEXT
}

fn same_or_template(a: &Candidate<'_>, b: &Candidate<'_>) -> Verdict {
    let sells = !sellers_contradict(a.facts, b.facts);
    if sells && like_titles(a, b) && prices_within(a, b, PRICE_DROP) {
        return Verdict::Same;
    }
    Verdict::SharedByOthers
}

fn same_sellers_next_post(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    a.words().all.len() >= 3
        && overlap(&a.words().all, &b.words().all) >= NEAR_EQUAL_TITLE
        && !a.words().contradicts(b.words())
        && !live_together(a.facts, b.facts)
        && a.facts.price.is_some()
        && prices_within(a, b, LIKE_PRICE)
}

/// One title at prices far apart is the name of a model, and ties nobody's listings.
fn same_specific_title(a: &Candidate<'_>, b: &Candidate<'_>, rarity: Option<&Rarity>) -> Verdict {
    if !rarity.is_some_and(|rarity| rarity.is_specific(a.words())) {
        return Verdict::Different;
    }
    if !prices_within(a, b, NEAR_PRICE) || a.facts.condition != b.facts.condition {
        return Verdict::SharedByOthers;
    }
    let same = a.facts.price.is_some()
        && !sellers_contradict(a.facts, b.facts)
        // Two descriptions that were compared before and differ speak against one item.
        && (a.facts.description.is_none() || b.facts.description.is_none());
    same_if(same)
}

/// Whether the titles may name one thing.
pub(super) fn like_titles(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    overlap(&a.words().all, &b.words().all) >= LIKE_TITLE && !a.words().contradicts(b.words())
}

/// Whether the higher price is at most `factor` times the lower; a missing price says nothing.
fn prices_within(a: &Candidate<'_>, b: &Candidate<'_>, factor: f64) -> bool {
    match (a.facts.price, b.facts.price) {
        (Some(x), Some(y)) => {
            let (low, high) = (x.min(y).0.max(1) as f64, x.max(y).0 as f64);
            high <= low * factor
        }
        _ => true,
    }
}

/// Whether both stood on one venue at one moment.
fn live_together(a: &ListingFacts<'_>, b: &ListingFacts<'_>) -> bool {
    a.key.platform == b.key.platform && a.first_seen <= b.last_seen && b.first_seen <= a.last_seen
}

/// How rare the words of titles are.
pub(super) struct Rarity {
    /// Titles that hold a word, by the low bits of its hash; a shared slot makes words look more
    /// common than they are, which errs towards not merging.
    titles: Vec<u32>,
    distinct: f64,
    /// All of them, those with a title like another's, too.
    pub listings: f64,
}

impl Default for Rarity {
    fn default() -> Self {
        Self { titles: vec![0; 1 << 20], distinct: 0.0, listings: 0.0 }
    }
}

impl Rarity {
    /// Counts the words of the distinct titles among so many listings.
    pub fn count<'a>(listings: usize, titles: impl Iterator<Item = &'a str>) -> Self {
        let mut rarity = Self { listings: listings as f64, ..Self::default() };
        titles.for_each(|title| rarity.add(title));
        rarity
    }

    /// Counts the words of one more title that is unlike those before.
    pub fn add(&mut self, title: &str) {
        self.distinct += 1.0;
        for_each_word(title, |word| self.titles[slot(mix(word.hash))] += 1);
    }

    /// Whether a title says enough that two people would not write it by chance.
    fn is_specific(&self, title: &TitleWords) -> bool {
        let bits = |&word: &u64| (self.distinct / f64::from(self.titles[slot(word)].max(1))).log2().max(0.0);
        title.all.len() >= MIN_SPECIFIC_WORDS
            && title.all.iter().map(bits).sum::<f64>() >= self.listings.max(1.0).log2() + SPARE_BITS
    }
}

fn slot(word: u64) -> usize {
    (word & ((1 << 20) - 1)) as usize
}
