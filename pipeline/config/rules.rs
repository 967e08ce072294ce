//! What no single value can show: rules between settings, and what only reading can tell.

use std::collections::BTreeMap;

use autobazaaar_domain::Platform;
use autobazaaar_negotiation::strategy::QuietHours;

use super::Config;
use super::check;
use super::layers::{Layer, Places, leaves, set, to_json};
use super::problem::{Place, Problem};
use super::schema::Schema;
use crate::schedule::Cron;

/// Rules that a configuration of right types and ranges can still break.
pub(super) fn broken(config: &Config, origins: &Places) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |key: String, what: String, mend: &str| {
        let place = origins.of(&key).cloned().unwrap_or(Place::Whole);
        problems.push(Problem { place, key, what, mend: mend.to_owned() });
    };
    let mut names = BTreeMap::new();
    for (index, source) in config.sources.iter().enumerate() {
        if let Some(first) = names.insert(source.name.as_str(), index) {
            let what = format!("sources[{first}] and sources[{index}] are both called \"{}\"", source.name);
            report(format!("sources[{index}].name"), what, "give each source a name of its own");
        }
        for (at, pattern) in source.files.iter().enumerate() {
            if let Err(error) = glob::Pattern::new(pattern) {
                let key = format!("sources[{index}].files[{at}]");
                let what = format!("`{key}` is \"{pattern}\", which is no file pattern: {}", error.msg);
                report(key, what, "write a path, with `*` for any text and `**` for any folders");
            }
        }
    }
    if let Err(error) = config.acting.quiet_hours.parse::<QuietHours>() {
        let what = format!("`acting.quiet_hours`: {error}");
        report("acting.quiet_hours".to_owned(), what, "write two times of day, such as 21:00-08:00");
    }
    let times =
        [("run", &config.schedule.run), ("act", &config.schedule.act), ("report", &config.schedule.report)];
    for (name, cron) in times {
        if let Err(error) = cron.parse::<Cron>() {
            let key = format!("schedule.{name}");
            let what = format!("`{key}`: {error}");
            report(key, what, "write minute, hour, day, month and weekday, such as */15 * * * *");
        }
    }
    let rights = [
        ("acting.contact_unasked", &config.acting.contact_unasked),
        ("acting.buy_unasked", &config.acting.buy_unasked),
    ];
    for (key, venues) in rights {
        for name in venues.iter().filter(|name| name.parse::<Platform>().is_err()) {
            let what = format!("`{key}` names \"{name}\", which is no venue");
            report(key.to_owned(), what, "write a venue as it stands before the colon of a listing: offerup");
        }
    }
    problems.extend(super::search_rules::broken(config, origins));
    problems
}

/// Finds the settings that the types refuse although the schema lets them pass, by reading each
/// alone on top of the defaults.
pub(super) fn refused(schema: &Schema, layers: &[&Layer]) -> Vec<Problem> {
    let defaults = to_json(&Config::default());
    let mut problems = Vec::new();
    for layer in layers {
        for (path, value) in leaves(&layer.value) {
            let steps: Vec<&str> = path.iter().map(String::as_str).collect();
            let mut alone = defaults.clone();
            set(&mut alone, &steps, value.clone());
            if let Err(error) = serde_json::from_value::<Config>(alone) {
                let key = path.join(".");
                let place = layer.places.of(&key).cloned().unwrap_or(Place::Whole);
                let mend = check::mend(schema.at(&steps).as_ref());
                problems.push(Problem { place, what: format!("`{key}`: {error}"), key, mend });
            }
        }
    }
    problems
}
