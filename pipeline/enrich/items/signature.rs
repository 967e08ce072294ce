//! What two listings of one item have exactly in common, as a number.

use autobazaaar_domain::Attributes;

use super::ListingFacts;
use crate::enrich::text::{hash_bytes, mix, shingles};

/// A shorter description could be anybody's ("works great, cash only").
const MIN_TEXT_LETTERS: usize = 40;
/// Neither does a long row of the same few words tell things apart.
const MIN_SHINGLES: usize = 7;

/// Names under which sources carry the same fact.
const ODOMETER: &[&str] = &["odometer", "mileage", "kilometer", "miles", "odometer_km", "odometer_miles"];
const YEAR: &[&str] = &["model_year", "year", "year_of_registration", "yearOfRegistration"];
const MODEL: &[&str] = &["model"];
const BODY: &[&str] = &["type", "vehicle_type", "vehicleType", "body"];
const SERIAL: &[&str] = &["vin", "VIN", "serial", "serial_number", "imei", "IMEI"];

/// What is kept of a description to find near-equal ones (minima of independent hashes over its
/// shingles; Broder 1997).
#[derive(Debug, Clone, Copy)]
pub(super) struct TextSignature {
    /// Each is a pair of minima: two texts with overlap J share a given one with probability J²,
    /// and one of three with 1 − (1 − J²)³: 0.95 at J = 0.8. Pairs, because many texts share one
    /// stock sentence.
    pub bands: [u64; 3],
    /// The low bits of all minima.
    sketch: [u16; 8],
}

impl TextSignature {
    /// The signature of a text; `None` for short ones. `space` is scratch memory.
    pub fn of(description: &str, space: &mut Vec<u64>) -> Option<Self> {
        let letters = shingles(description, space);
        if letters < MIN_TEXT_LETTERS || space.len() < MIN_SHINGLES {
            return None;
        }
        let mut least = [u64::MAX; 8];
        for &shingle in &*space {
            for (least, odd) in least.iter_mut().zip(ODD) {
                // Shingles are well mixed already; a product and a shift order them anew.
                let hash = shingle.wrapping_mul(odd);
                *least = (*least).min(hash ^ hash >> 32);
            }
        }
        let bands = [0, 2, 4].map(|i| mix(least[i] ^ least[i + 1].rotate_left(32)));
        Some(Self { bands, sketch: least.map(|least| least as u16) })
    }

    /// Whether the texts may be near-equal: half of the minima agree. Misses 3 in 100 pairs at an
    /// overlap of 0.75, 3 in 1,000 at 0.85, and spares the comparison of most others.
    pub fn may_equal(&self, other: &Self) -> bool {
        self.sketch.iter().zip(&other.sketch).filter(|(a, b)| a == b).count() >= 4
    }
}

const ODD: [u64; 8] = [
    0x9e37_79b9_7f4a_7c15,
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
    0x5895_89d7_5e1b_3a2d,
];

/// Signature of the set of pictures; `None` without pictures.
pub(super) fn of_images(images: &[String]) -> Option<u64> {
    if images.is_empty() {
        return None;
    }
    let mut hashes: Vec<u64> = images.iter().map(|image| hash_bytes(image.as_bytes())).collect();
    hashes.sort_unstable();
    hashes.dedup();
    Some(hashes.iter().fold(hashes.len() as u64, |sum, image| mix(sum ^ image)))
}

/// Signature of every attribute.
pub(super) fn of_attributes(attributes: &Attributes) -> u64 {
    attributes.iter().fold(attributes.len() as u64, |sum, (name, value)| {
        mix(mix(sum ^ hash_bytes(name.as_bytes())) ^ hash_bytes(value.as_bytes()))
    })
}

/// Signature of what names one thing: a serial number, else an odometer reading with model, year
/// and type. `None` where the listing has neither.
pub(super) fn of_identity(listing: &ListingFacts<'_>) -> Option<u64> {
    if let Some(serial) = serial(listing) {
        return Some(mix(hash_bytes(serial.as_bytes()) ^ 1));
    }
    let odometer = odometer(listing)?;
    let part = |names| find(listing.attributes, names).map_or(0, |text| hash_bytes(text.as_bytes()));
    let fields = [part(YEAR), part(MODEL), part(BODY), hash_bytes(listing.currency.as_str().as_bytes())];
    Some(fields.into_iter().fold(mix(odometer ^ 2), |sum, field| mix(sum ^ field).rotate_left(7)))
}

/// A serial number, where the listing states one.
pub(super) fn serial<'a>(listing: &ListingFacts<'a>) -> Option<&'a str> {
    find(listing.attributes, SERIAL).filter(|text| text.len() >= 8)
}

/// Distance driven; `None` when missing or zero.
pub(super) fn odometer(listing: &ListingFacts<'_>) -> Option<u64> {
    let text = find(listing.attributes, ODOMETER)?;
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let digits: String = whole.chars().filter(char::is_ascii_digit).take(9).collect();
    digits.parse().ok().filter(|&driven| driven > 0)
}

/// Whether the attributes alone say what vehicle it is.
pub(super) fn names_model(listing: &ListingFacts<'_>) -> bool {
    find(listing.attributes, MODEL).is_some()
}

fn find<'a>(attributes: &'a Attributes, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|&name| attributes.get(name)).map(|value| value.trim()).filter(|v| !v.is_empty())
}
