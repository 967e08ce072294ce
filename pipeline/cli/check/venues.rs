//! Each venue: what is allowed, whether it can be asked, when it last was, and whether its pages are
//! still read as well as before.

use autobazaaar_domain::Utc;
use autobazaaar_lake::{Dataset, Lake};
use autobazaaar_venues::Venue;
use chrono::TimeDelta;

use super::finding::{Finding, State};
use crate::cli::session::engine;
use crate::cli::{CliError, Context};
use crate::config::{EbayConfig, ReadBy, SearchConfig, SellBy};
use crate::publish::{Engine, SqlError};
use crate::searches::{LastScans, Searching, Trouble, TroubleKind, label, last_scans, probe, why_off};
use crate::shop;

/// Fewer listings say nothing about a layout.
const LEAST_LISTINGS: u64 = 20;
/// A field that so few listings had says nothing either.
const LEAST_SHARE: f64 = 0.2;
/// Scans that are missed in a row before it is worth a word.
const MISSED: i32 = 3;

/// Looks at every venue; without network, at what is known here.
///
/// # Errors
/// When the lake cannot be read, or the clients cannot be made.
pub fn findings(offline: bool, context: &Context<'_>) -> Result<Vec<Finding>, CliError> {
    let (config, now) = (context.config(), context.now());
    let lake = Lake::new(&context.loaded.data_dir);
    let last = last_scans(&lake)?;
    let layouts = layouts(context, &lake)?;
    let random = || context.entropy.bits();
    let (base, data_dir) = (&context.loaded.base_dir, &context.loaded.data_dir);
    let is_on = |venue: &Venue| {
        let set = config.venues.of(*venue);
        set.read != ReadBy::Off || set.sell != SellBy::Off
    };
    let anything_on = Venue::ALL.iter().any(is_on);
    let searching =
        if anything_on { Some(Searching::open(config, base, data_dir, now, &random)?) } else { None };
    let mut findings = Vec::new();
    for venue in Venue::ALL {
        let enabled = |search: &&SearchConfig| search.venue == *venue && search.enabled;
        let searches: Vec<&SearchConfig> = config.searches.iter().filter(enabled).collect();
        let read = config.venues.of(*venue).read;
        findings.push(match (&searching, read) {
            (_, ReadBy::Off) | (None, _) => off(*venue, searches.len()),
            (Some(_), read) if offline => match why_off(*venue, &config.venues) {
                Some(off) => probed(*venue, read, Err(off)),
                None => Finding::good(venue.as_str(), "reading", format!("by {}; not asked", read.as_str())),
            },
            (Some(searching), read) => {
                let asked = probe(searching.access(), *venue, searches.first().copied());
                probed(*venue, read, searching.wait(asked))
            }
        });
        if let Some(searching) = searching.as_ref().filter(|_| config.venues.of(*venue).sell == SellBy::Api) {
            findings.push(selling(*venue, searching, offline, &config.ebay));
        }
        if read != ReadBy::Off {
            findings.extend(searches.iter().map(|search| last_success(search, &last, now)));
        }
        findings.extend(layouts.iter().filter(|finding| finding.area == venue.as_str()).cloned());
    }
    Ok(findings)
}

fn off(venue: Venue, searches: usize) -> Finding {
    let mend = "docs/venues.md says what is allowed there and how to connect it".to_owned();
    match searches {
        0 => Finding::new(venue.as_str(), "reading", State::Off, "switched off", None),
        count => Finding::new(
            venue.as_str(),
            "reading",
            State::Bad,
            format!("switched off, but searches name it: {count}"),
            Some(mend),
        ),
    }
}

/// Whether offers of ours can be put up there by the venue's API: eBay is asked for an offer that nobody has.
fn selling(venue: Venue, searching: &Searching, offline: bool, config: &EbayConfig) -> Finding {
    let bad = |reason: String, mend: String| {
        Finding::new(venue.as_str(), "selling", State::Bad, reason, Some(mend))
    };
    if let Err(trouble) = shop::terms(config) {
        return bad(trouble.reason, trouble.mend);
    }
    let ebay = match searching.access().seller() {
        Ok(ebay) => ebay,
        Err(trouble) => return bad(trouble.reason, trouble.mend),
    };
    if offline {
        return Finding::good(venue.as_str(), "selling", "by api; not asked");
    }
    match searching.wait(ebay.offer_of("autobazaaarcheck")) {
        Ok(_) => Finding::good(venue.as_str(), "selling", "by api: your consent is accepted"),
        Err(error) if error.is_transient() => {
            let mend = Some("check the connection, and try again later".to_owned());
            Finding::new(venue.as_str(), "selling", State::Odd, error.to_string(), mend)
        }
        Err(error) => bad(error.to_string(), "docs/venues.md says what selling there needs".to_owned()),
    }
}

fn probed(venue: Venue, read: ReadBy, asked: Result<crate::searches::Probe, Trouble>) -> Finding {
    match asked {
        Ok(probe) => {
            let found = format!("by {}: {}; {} requests left today", read.as_str(), probe.found, probe.left);
            Finding::good(venue.as_str(), "reading", found)
        }
        Err(trouble) => {
            let state = match trouble.kind {
                TroubleKind::Passing | TroubleKind::Quota => State::Odd,
                _ => State::Bad,
            };
            Finding::new(venue.as_str(), "reading", state, trouble.reason, Some(trouble.mend))
        }
    }
}

fn last_success(search: &SearchConfig, last: &LastScans, now: Utc) -> Finding {
    let (venue, what) = (search.venue.as_str(), format!("search {}", search.name));
    let key = (venue.to_owned(), label(search));
    let mend = Some(format!("autobazaaar ingest --search '{}'", search.name));
    let Some((scan, at)) = last.get(&key).and_then(|scan| Some((scan, scan.any?))) else {
        return Finding::new(venue, &what, State::Odd, "never done yet", mend);
    };
    let shown = |at: Utc| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let complete =
        scan.complete.map_or("never to its end".to_owned(), |at| format!("to its end {}", shown(at)));
    let found = format!("last {} with {} listings, {complete}", shown(at), scan.listings);
    let every = TimeDelta::minutes(i64::from(search.every_minutes.get()));
    if now - at > every * MISSED {
        return Finding::new(venue, &what, State::Odd, format!("{found}: overdue"), mend);
    }
    Finding::good(venue, &what, found)
}

/// One field of a platform's listings.
struct Field {
    platform: String,
    field: String,
    listings: (u64, u64),
    shares: (f64, f64),
}

/// A finding for each venue whose listings are in the lake.
fn layouts(context: &Context<'_>, lake: &Lake) -> Result<Vec<Finding>, CliError> {
    if lake.entries(Dataset::Observations)?.is_empty() {
        return Ok(Vec::new());
    }
    let fields = fields(&engine(context, lake)?)?;
    let of = |venue: &Venue| {
        let mine: Vec<&Field> = fields.iter().filter(|field| field.platform == venue.as_str()).collect();
        layout(*venue, &mine)
    };
    Ok(Venue::ALL.iter().filter_map(of).collect())
}

fn layout(venue: Venue, fields: &[&Field]) -> Option<Finding> {
    let (new, before) = fields.first()?.listings;
    if new < LEAST_LISTINGS || before < LEAST_LISTINGS {
        let found = format!("{new} listings of the newest day, {before} before: too few to compare");
        return Some(Finding::good(venue.as_str(), "layout", found));
    }
    let fell = |field: &&&Field| field.shares.1 >= LEAST_SHARE && field.shares.0 < field.shares.1 / 2.0;
    let worst: Vec<String> = fields.iter().filter(fell).map(|field| shares(field)).collect();
    if worst.is_empty() {
        let found = format!("{new} listings of the newest day show as much as the {before} before");
        return Some(Finding::good(venue.as_str(), "layout", found));
    }
    let mend = "look at a page: autobazaaar venues parse FILE; if the venue changed it, report it".to_owned();
    Some(Finding::new(venue.as_str(), "layout", State::Odd, worst.join(", "), Some(mend)))
}

fn shares(field: &Field) -> String {
    format!("{} in {:.0} % instead of {:.0} %", field.field, 100.0 * field.shares.0, 100.0 * field.shares.1)
}

fn fields(engine: &Engine) -> Result<Vec<Field>, SqlError> {
    let failed = || SqlError::new("cannot compare layouts");
    let mut statement = engine
        .connection()
        .prepare(include_str!("../../../sql/reports/layout_health.sql"))
        .map_err(failed())?;
    let rows = statement.query_map([], |row| {
        Ok(Field {
            platform: row.get(0)?,
            field: row.get(1)?,
            listings: (row.get(2)?, row.get(3)?),
            shares: (
                row.get::<_, Option<f64>>(4)?.unwrap_or(0.0),
                row.get::<_, Option<f64>>(5)?.unwrap_or(0.0),
            ),
        })
    });
    rows.map_err(failed())?.collect::<Result<_, _>>().map_err(failed())
}
