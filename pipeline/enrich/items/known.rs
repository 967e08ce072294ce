//! Which of the lake's items a listing from elsewhere is: what is asked about must not be valued by its
//! own posts, whatever id those go by.
//!
//! The listing's own price takes no part: an answer must be the same with and without it.

use std::collections::{HashMap, HashSet};

use autobazaaar_domain::{ItemId, ListingKey, Observation, Utc};
use autobazaaar_lake::observations::{CONTENT_COLUMNS, Content, read_contents};
use autobazaaar_lake::{Dataset, Lake, LakeError, enriched, read_batches};

use super::rules::{Candidate, MIN_SPECIFIC_WORDS, Rarity, Verdict, compare, like_titles};
use super::signature::{TextSignature, of_attributes, of_identity, of_images};
use super::{Evidence, ListingFacts, TitleKey, item_id};
use crate::enrich::text::{TitleWords, mix};
use crate::stream::on_all_threads;

const BATCH_ROWS: usize = 8_192;

/// A post is compared with so many listings before and after its title's place among those that share
/// something with it, sorted by title: the work stays linear however many share it.
const WINDOW: usize = 8;
/// And with so many of its very title.
const MOST_EQUAL: usize = 64;

/// The item of each listing that the lake has, under the listing's own id or another; in their order.
///
/// Where the lake has several items that a listing may be, the best evidence decides.
///
/// # Errors
/// When the lake cannot be read.
pub fn known_items(lake: &Lake, asked: &[Observation]) -> Result<Vec<Option<ItemId>>, LakeError> {
    let (asked, places) = Asked::new(asked);
    let mut posts: Vec<Option<Evident>> = vec![None; asked.facts.len()];
    let (mut titles_seen, mut rarity) = (HashSet::new(), Rarity::default());
    let mut titled = Vec::new();
    let files = lake.files(Dataset::Observations)?;
    let work = |batch: Result<_, LakeError>| {
        let posts = read_contents(&batch?)?;
        Ok(posts.into_iter().map(|post| asked.look_up(post)).collect::<Vec<_>>())
    };
    let columns = asked.columns();
    let batches = read_batches(&files, Some(&columns), BATCH_ROWS);
    on_all_threads(batches, work, |batch: Result<Vec<Looked>, LakeError>| {
        for looked in batch? {
            rarity.listings += 1.0;
            if titles_seen.insert(looked.title.words) {
                rarity.add(&looked.post.title);
            }
            for (at, grade) in looked.same {
                better(&mut posts[at as usize], Evident { grade, key: looked.post.key.clone() });
            }
            if !looked.like_titled.is_empty() {
                titled.push((looked.like_titled, looked.post));
            }
        }
        Ok::<_, LakeError>(())
    })?;
    for (rows, post) in titled {
        for at in rows {
            let evidence = Evidence::TitleAndAttributes;
            if asked.is_same(at, &facts_of_post(&post), None, evidence, Some(&rarity)) {
                let grade = Grade::By(evidence);
                better(&mut posts[at as usize], Evident { grade, key: post.key.clone() });
            }
        }
    }
    let items = items_of_posts(lake, posts)?;
    Ok(places.into_iter().map(|at| items[at as usize]).collect())
}

/// How sure it is that a post is of the thing asked about, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// It is the listing itself.
    OwnId,
    By(Evidence),
}

/// The listing of a post in the lake that is of a thing asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Evident {
    grade: Grade,
    key: ListingKey,
}

fn better(known: &mut Option<Evident>, found: Evident) {
    if known.as_ref().is_none_or(|known| found < *known) {
        *known = Some(found);
    }
}

/// What a row of the lake turned out to be.
struct Looked {
    post: Content,
    title: TitleKey,
    /// Listings asked about that it is a post of.
    same: Vec<(u32, Grade)>,
    /// Those with its title and attributes: whether they are the same depends on how rare the title is.
    like_titled: Vec<u32>,
}

/// The listings asked about, one of each id, found by what only one thing has.
struct Asked<'a> {
    facts: Vec<ListingFacts<'a>>,
    titles: Vec<TitleKey>,
    texts: Vec<Option<TextSignature>>,
    by_key: HashMap<&'a ListingKey, u32>,
    /// Rows by kind of evidence and signature, each sorted by title.
    by_signature: HashMap<u64, Vec<u32>>,
    any_text: bool,
}

impl<'a> Asked<'a> {
    /// With the place of each listing among them.
    fn new(asked: &'a [Observation]) -> (Self, Vec<u32>) {
        let mut by_key: HashMap<&'a ListingKey, u32> = HashMap::with_capacity(asked.len());
        let mut facts: Vec<ListingFacts<'a>> = Vec::with_capacity(asked.len());
        let mut places = Vec::with_capacity(asked.len());
        for seen in asked {
            let next = facts.len() as u32;
            let place = *by_key.entry(&seen.key).or_insert(next);
            if place == next {
                facts.push(ListingFacts { price: None, ..facts_of(seen) });
            }
            places.push(place);
        }
        let titles: Vec<TitleKey> = facts.iter().map(|facts| TitleKey::of(facts.title)).collect();
        let mut space = Vec::new();
        let texts: Vec<_> = facts.iter().map(|facts| text_of(facts, &mut space)).collect();
        let by_signature = index(&facts, &titles, &texts);
        let any_text = texts.iter().any(Option::is_some);
        (Self { facts, titles, texts, by_key, by_signature, any_text }, places)
    }

    /// Columns of the lake's rows that can be evidence here: the long ones only where something asked
    /// about has them.
    fn columns(&self) -> Vec<&'static str> {
        let any_image = self.facts.iter().any(|facts| !facts.images.is_empty());
        let long = [("description", self.any_text), ("images", any_image)];
        let unused = |name: &str| long.contains(&(name, false));
        CONTENT_COLUMNS.into_iter().filter(|name| !unused(name)).collect()
    }

    fn look_up(&self, post: Content) -> Looked {
        let facts = facts_of_post(&post);
        let title = TitleKey::of(facts.title);
        let text = if self.any_text { text_of(&facts, &mut Vec::new()) } else { None };
        let (mut same, mut like_titled) = (Vec::new(), Vec::new());
        if let Some(&row) = self.by_key.get(facts.key)
            && self.is_itself(row, &facts)
        {
            same.push((row, Grade::OwnId));
        }
        for (evidence, signature) in signatures(&facts, title, text.as_ref()) {
            let Some(rows) = self.by_signature.get(&signature) else { continue };
            let near = self.near(rows, title);
            if evidence == Evidence::TitleAndAttributes {
                like_titled.extend_from_slice(near);
                continue;
            }
            let found = near.iter().filter(|&&row| self.is_same(row, &facts, text, evidence, None));
            same.extend(found.map(|&row| (row, Grade::By(evidence))));
        }
        Looked { post, title, same, like_titled }
    }

    /// The rows with a title and those around them in a list sorted by title.
    fn near<'r>(&self, rows: &'r [u32], title: TitleKey) -> &'r [u32] {
        let place = rows.partition_point(|&row| self.titles[row as usize] < title);
        let equal =
            rows[place..].iter().take(MOST_EQUAL).take_while(|&&row| self.titles[row as usize] == title);
        let end = (place + equal.count() + WINDOW).min(rows.len());
        &rows[place.saturating_sub(WINDOW)..end]
    }

    /// Whether a post under the listing's id is of the same thing: ids that are line numbers of files
    /// mean another thing in another file.
    fn is_itself(&self, row: u32, post: &ListingFacts<'_>) -> bool {
        let asked = &self.facts[row as usize];
        asked.title == post.title
            || like_titles(&Candidate::new(0, asked, None), &Candidate::new(1, post, None))
    }

    fn is_same(
        &self,
        row: u32,
        post: &ListingFacts<'_>,
        text: Option<TextSignature>,
        evidence: Evidence,
        rarity: Option<&Rarity>,
    ) -> bool {
        // Whatever is asked for the post, it does not speak against a thing without a price.
        let asked = ListingFacts { price: post.price, ..self.facts[row as usize] };
        let (a, b) = (Candidate::new(0, &asked, self.texts[row as usize]), Candidate::new(1, post, text));
        compare(&a, &b, evidence, rarity) == Verdict::Same
    }
}

fn index(
    facts: &[ListingFacts<'_>],
    titles: &[TitleKey],
    texts: &[Option<TextSignature>],
) -> HashMap<u64, Vec<u32>> {
    let mut by_signature: HashMap<u64, Vec<u32>> = HashMap::new();
    for (row, facts) in facts.iter().enumerate() {
        let may_name_it = TitleWords::of(facts.title).all.len() >= MIN_SPECIFIC_WORDS;
        for (evidence, signature) in signatures(facts, titles[row], texts[row].as_ref()) {
            if may_name_it || evidence != Evidence::TitleAndAttributes {
                by_signature.entry(signature).or_default().push(row as u32);
            }
        }
    }
    for rows in by_signature.values_mut() {
        rows.sort_unstable_by_key(|&row| (titles[row as usize], row));
        rows.dedup();
    }
    by_signature
}

fn text_of(facts: &ListingFacts<'_>, space: &mut Vec<u64>) -> Option<TextSignature> {
    facts.description.and_then(|text| TextSignature::of(text, space))
}

/// What the listing has in common with its other posts and with little else. A seller's next post is not
/// told: sellers of listings from elsewhere are not known.
fn signatures<'a>(
    facts: &'a ListingFacts<'_>,
    title: TitleKey,
    text: Option<&'a TextSignature>,
) -> impl Iterator<Item = (Evidence, u64)> + 'a {
    let identity = of_identity(facts).map(|found| (Evidence::Attributes, found));
    let bands = text.into_iter().flat_map(|text| text.bands).map(|found| (Evidence::Text, found));
    let images = of_images(facts.images).map(|found| (Evidence::Images, found));
    let whole = mix(title.words ^ of_attributes(facts.attributes).rotate_left(1));
    let all = identity.into_iter().chain(bands).chain(images).chain([(Evidence::TitleAndAttributes, whole)]);
    all.map(|(evidence, found)| (evidence, mix(found ^ evidence as u64)))
}

fn facts_of(seen: &Observation) -> ListingFacts<'_> {
    ListingFacts {
        key: &seen.key,
        title: &seen.title,
        description: seen.description.as_deref(),
        category: &seen.category,
        condition: seen.condition,
        currency: seen.currency,
        price: seen.price,
        attributes: &seen.attributes,
        images: &seen.images,
        seller_key: None,
        first_seen: seen.observed_at,
        last_seen: seen.observed_at,
    }
}

/// Of a post neither times nor seller are evidence here.
fn facts_of_post(post: &Content) -> ListingFacts<'_> {
    ListingFacts {
        key: &post.key,
        title: &post.title,
        description: post.description.as_deref(),
        category: "",
        condition: post.condition,
        currency: post.currency,
        price: post.price,
        attributes: &post.attributes,
        images: &post.images,
        seller_key: None,
        first_seen: Utc::UNIX_EPOCH,
        last_seen: Utc::UNIX_EPOCH,
    }
}

/// The items that enrich found the posts to be of.
fn items_of_posts(lake: &Lake, posts: Vec<Option<Evident>>) -> Result<Vec<Option<ItemId>>, LakeError> {
    let mut items: HashMap<ListingKey, ItemId> =
        posts.iter().flatten().map(|post| (post.key.clone(), item_id(&post.key))).collect();
    if let Some((_, files)) = lake.latest(Dataset::Enriched)?
        && !items.is_empty()
    {
        for batch in read_batches(&files, Some(&enriched::LEAN_COLUMNS), BATCH_ROWS) {
            for (_, row) in enriched::read_enriched(&batch?)? {
                if let Some(item) = items.get_mut(&row.key) {
                    *item = row.item_id;
                }
            }
        }
    }
    Ok(posts.into_iter().map(|post| post.and_then(|post| items.get(&post.key).copied())).collect())
}
