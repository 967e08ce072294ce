//! What two listings of one item have exactly in common, as a number.

use std::collections::BTreeMap;

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

/// Signatures of a description. Near-equal texts share at least one with high probability: each is
/// a pair of minima of independent hashes over the shingles (Broder 1997), so that two texts with
/// overlap J share a given one with probability J², and one of three with 1 − (1 − J²)³: 0.95 at
/// J = 0.8. Pairs, because many texts share one stock sentence. `None` for short texts.
pub(super) fn of_text(description: &str, shingle_space: &mut Vec<u64>) -> Option<[u64; 3]> {
    let letters = shingles(description, shingle_space);
    if letters < MIN_TEXT_LETTERS || shingle_space.len() < MIN_SHINGLES {
        return None;
    }
    const ODD: [u64; 6] = [
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
        0xd6e8_feb8_6659_fd93,
        0xa076_1d64_78bd_642f,
        0xe703_7ed1_a0b4_28db,
    ];
    let mut least = [u64::MAX; 6];
    for &shingle in &*shingle_space {
        for (least, odd) in least.iter_mut().zip(ODD) {
            // Shingles are well mixed already; a product and a shift make another order of them.
            let hash = shingle.wrapping_mul(odd);
            *least = (*least).min(hash ^ hash >> 32);
        }
    }
    Some([0, 2, 4].map(|i| mix(least[i] ^ least[i + 1].rotate_left(32))))
}

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
pub(super) fn of_attributes(attributes: &BTreeMap<String, String>) -> u64 {
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

fn find<'a>(attributes: &'a BTreeMap<String, String>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|&name| attributes.get(name)).map(|value| value.trim()).filter(|v| !v.is_empty())
}
