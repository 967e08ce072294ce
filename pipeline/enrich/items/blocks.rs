//! Bringing together the listings that could be one item, without comparing all with all.

use rayon::prelude::*;

use super::rules::{Candidate, Rarity, Verdict, compare};
use super::signature::TextSignature;
use super::{Evidence, Ranked, signature};
use crate::enrich::text::{hash_bytes, mix};

/// Each listing is compared with at most this many before it in its block, sorted by title: the
/// work stays linear however many listings share a signature.
const WINDOW: usize = 8;

/// A text or picture set under this many different titles is a template, not one thing.
const TEMPLATE_TITLES: usize = 3;

/// A pair of ranks that one rule takes for one item; the lower first.
pub(super) type Edge = (u32, u32);

/// All pairs that this kind of evidence ties.
pub(super) fn edges(ranked: &Ranked<'_>, evidence: Evidence) -> Vec<Edge> {
    match evidence {
        Evidence::Attributes => in_blocks(
            ranked,
            evidence,
            &Context::None,
            keyed(ranked, |r| signature::of_identity(ranked.get(r))),
        ),
        Evidence::Text => text_edges(ranked),
        Evidence::Images => in_blocks(
            ranked,
            evidence,
            &Context::None,
            keyed(ranked, |r| signature::of_images(ranked.get(r).images)),
        ),
        Evidence::SellerAndTitle => {
            in_blocks(ranked, evidence, &Context::None, keyed(ranked, |r| of_seller(ranked, r)))
        }
        Evidence::TitleAndAttributes => title_edges(ranked),
    }
}

fn text_edges(ranked: &Ranked<'_>) -> Vec<Edge> {
    let signatures: Vec<Option<TextSignature>> = (0..ranked.len() as u32)
        .into_par_iter()
        .map_init(Vec::new, |space, rank| {
            ranked.get(rank).description.and_then(|text| TextSignature::of(text, space))
        })
        .collect();
    let mut edges = Vec::new();
    for band in 0..3 {
        let mut pairs = keyed(ranked, |rank| signatures[rank as usize].map(|text| text.bands[band]));
        if band > 0 {
            // Equal texts met in the first band already.
            let first = |&(_, rank): &(u64, u32)| signatures[rank as usize].map(|text| text.bands[0]);
            pairs = pairs
                .par_chunk_by(|a, b| a.0 == b.0)
                .filter(|block| block.iter().any(|pair| first(pair) != first(&block[0])))
                .flat_map_iter(|block| block.iter().copied())
                .collect();
        }
        edges.extend(in_blocks(ranked, Evidence::Text, &Context::Texts(&signatures), pairs));
    }
    edges
}

fn title_edges(ranked: &Ranked<'_>) -> Vec<Edge> {
    let titles = keyed(ranked, |rank| Some(ranked.titles[rank as usize].words));
    // A re-posted title counts once, or re-posting would make its own words common.
    let rarity = Rarity::count(
        ranked.len(),
        titles.chunk_by(|a, b| a.0 == b.0).map(|same| ranked.get(same[0].1).title),
    );
    let with_attributes = |&(title, rank): &(u64, u32)| {
        (mix(title ^ signature::of_attributes(ranked.get(rank).attributes).rotate_left(1)), rank)
    };
    // Only titles that occur twice can meet.
    let mut pairs: Vec<(u64, u32)> = titles
        .par_chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 1)
        .flat_map_iter(|same| same.iter().map(with_attributes))
        .collect();
    pairs.par_sort_unstable();
    in_blocks(ranked, Evidence::TitleAndAttributes, &Context::Titles(&rarity), pairs)
}

fn of_seller(ranked: &Ranked<'_>, rank: u32) -> Option<u64> {
    let listing = ranked.get(rank);
    let seller = listing.seller_key.filter(|key| !key.is_empty())?;
    Some(mix(
        hash_bytes(seller.as_bytes()) ^ hash_bytes(listing.key.platform.as_str().as_bytes()).rotate_left(9)
    ))
}

/// (signature, rank) of every listing that has the signature, sorted.
fn keyed(ranked: &Ranked<'_>, signature: impl Fn(u32) -> Option<u64> + Sync) -> Vec<(u64, u32)> {
    let mut pairs: Vec<(u64, u32)> = (0..ranked.len() as u32)
        .into_par_iter()
        .filter_map(|rank| signature(rank).map(|signature| (signature, rank)))
        .collect();
    pairs.par_sort_unstable();
    pairs
}

fn in_blocks(
    ranked: &Ranked<'_>,
    evidence: Evidence,
    context: &Context<'_>,
    pairs: Vec<(u64, u32)>,
) -> Vec<Edge> {
    pairs
        .par_chunk_by(|a, b| a.0 == b.0)
        .filter(|block| block.len() > 1)
        .flat_map_iter(|block| {
            // Ranks are lighter to move than candidates.
            let mut ranks: Vec<u32> = block.iter().map(|&(_, rank)| rank).collect();
            ranks.sort_unstable_by_key(|&rank| (ranked.titles[rank as usize], rank));
            let candidates: Vec<_> = ranks.into_iter().map(|rank| candidate(ranked, rank, context)).collect();
            block_edges(&candidates, evidence, context)
        })
        .collect()
}

/// What a comparison needs beside the two listings.
enum Context<'a> {
    None,
    /// By rank.
    Texts(&'a [Option<TextSignature>]),
    Titles(&'a Rarity),
}

fn candidate<'a>(ranked: &Ranked<'a>, rank: u32, context: &Context<'_>) -> Candidate<'a> {
    let facts = ranked.get(rank);
    let text = match context {
        Context::Texts(signatures) => signatures[rank as usize],
        _ => None,
    };
    Candidate::new(rank, facts, text)
}

/// Compares each candidate with its neighbours. Where the shared thing turns out to stand under
/// many different titles, it is a template and ties nothing.
fn block_edges(candidates: &[Candidate<'_>], evidence: Evidence, context: &Context<'_>) -> Vec<Edge> {
    let rarity = if let Context::Titles(rarity) = context { Some(*rarity) } else { None };
    let mut edges = Vec::new();
    let (mut alike, mut same) = (Groups::new(candidates.len()), Groups::new(candidates.len()));
    for later in 1..candidates.len() {
        for earlier in later.saturating_sub(WINDOW)..later {
            match compare(&candidates[earlier], &candidates[later], evidence, rarity) {
                Verdict::Same => {
                    edges.push((earlier, later));
                    same.join(earlier, later);
                    alike.join(earlier, later);
                }
                Verdict::SharedByOthers => alike.join(earlier, later),
                Verdict::Different => {}
            }
        }
    }
    let mut titles = vec![0; candidates.len()];
    for i in 0..candidates.len() {
        if same.root(i) == i {
            titles[alike.root(i)] += 1;
        }
    }
    let too_many = if evidence == Evidence::TitleAndAttributes { 2 } else { TEMPLATE_TITLES };
    edges.retain(|&(a, _)| titles[alike.root(a)] < too_many);
    let rank = |i: usize| candidates[i].rank;
    edges.into_iter().map(|(a, b)| (rank(a).min(rank(b)), rank(a).max(rank(b)))).collect()
}

/// Union–find within a block.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
