//! The arrows of the architecture, read off the sources: who may know whom.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A source file without its tests and comments.
struct Source {
    /// From the project's root, with `/`.
    path: String,
    lines: Vec<String>,
}

/// A module or crate of ours that a line of a file names.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: String,
    to: String,
    at: String,
}

/// Parts of the root package from the bottom up: each may know those before it only. Parts of
/// one step know nothing of each other.
const STEPS: [&[&str]; 12] = [
    &["outcomes", "photos", "publish", "schedule", "stream"],
    &["ingest", "enrich", "score"],
    &["train", "decide"],
    &["execute"],
    &["invariants"],
    &["config"],
    &["report", "searches"],
    &["backtest", "evaluate", "profit", "shop"],
    &["runner"],
    &["simulate"],
    &["cli"],
    &["main"],
];

/// Crates of ours, and what they may know of ours.
const CRATES: [(&str, &str, &[&str]); 10] = [
    ("domain", "pipeline/domain", &[]),
    ("lake", "pipeline/lake", &["domain"]),
    ("models", "models", &["domain"]),
    ("venues", "pipeline/venues", &["domain"]),
    ("bazaar", "pipeline/bazaar", &["domain"]),
    ("negotiation", "pipeline/negotiation", &["domain"]),
    ("store", "pipeline/store", &["domain"]),
    ("fetch", "pipeline/fetch", &["domain"]),
    ("ebay", "pipeline/ebay", &["domain", "fetch"]),
    ("browser", "pipeline/browser", &["domain", "fetch"]),
];

/// What may name an HTTP client or a browser; the bazaar reaches loopback alone.
const MAY_FETCH: [&str; 4] =
    ["pipeline/fetch/", "pipeline/ebay/", "pipeline/browser/", "pipeline/bazaar/src/http/"];
/// What asks the web.
const HTTP_CLIENTS: &str = r"\b(reqwest|hyper|ureq|isahc|curl|chromiumoxide|tungstenite|async_tungstenite)\b";

/// What leaves the computer, or stores what the program promised.
const OUTSIDE: &str = r"\b(reqwest|hyper|ureq|axum|tokio|sqlx|rusqlite|duckdb|object_store|TcpStream|TcpListener|UdpSocket|std::net)\b";
/// Time and chance from the air. Measuring how long something took is no decision and may be done.
const AIR: &str = r"\b(Utc::now|Local::now|SystemTime::now|thread_rng|rand::rng|rng\(\)|OsRng|from_os_rng|from_entropy|RandomState|getrandom)\b";

#[test]
fn crates_know_only_what_lies_below() {
    for (name, folder, may) in CRATES {
        let mut found = crate_edges(&sources(&root(), &[folder]));
        found.extend(manifest_edges(&root(), name, folder));
        // An example names the crate it shows.
        found.retain(|edge| edge.to != name);
        let wrong: Vec<_> = found.into_iter().filter(|edge| !may.contains(&edge.to.as_str())).collect();
        assert!(wrong.is_empty(), "{name} may know {may:?} only: {wrong:#?}");
    }
}

#[test]
fn domain_does_no_io() {
    let wrong = r"\bstd::(fs|net|env|process|io|thread)\b|\bFile::(open|create)|\bSystemTime\b|\bInstant\b";
    holds("domain does no I/O", &sources(&root(), &["pipeline/domain"]), wrong);
    holds("domain takes the time from its caller", &sources(&root(), &["pipeline/domain"]), AIR);
}

#[test]
fn models_know_no_store_and_no_network() {
    holds("models: tables in, predictions out", &sources(&root(), &["models"]), OUTSIDE);
    let manifest = fs::read_to_string(root().join("models/Cargo.toml")).unwrap();
    let found = Regex::new(OUTSIDE).unwrap().find(&manifest).map(|found| found.as_str().to_owned());
    assert_eq!(found, None, "models/Cargo.toml");
}

#[test]
fn only_fetching_crates_name_http_clients() {
    let mut others = sources(&root(), &["pipeline", "models"]);
    others.retain(|source| !MAY_FETCH.iter().any(|may| source.path.starts_with(may)));
    holds("only fetch, ebay and browser ask the web", &others, HTTP_CLIENTS);
    let ebay = sources(&root(), &["pipeline/ebay"]);
    holds("ebay asks by way of fetch", &ebay, HTTP_CLIENTS);
}

#[test]
fn parts_know_only_what_lies_below() {
    let found = part_edges(&sources(&root(), &["pipeline"]));
    assert!(found.len() > 40, "the imports are not found any more: {}", found.len());
    let wrong = against_the_steps(found);
    assert!(wrong.is_empty(), "arrows go one way, {STEPS:?}: {wrong:#?}");
}

#[test]
fn every_part_has_its_step() {
    let lib = fs::read_to_string(root().join("pipeline/lib.rs")).unwrap();
    let parts = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let known: BTreeSet<&str> = STEPS.concat().into_iter().collect();
    let unknown: Vec<&str> = parts
        .captures_iter(&lib)
        .map(|c| c.get(1).unwrap().as_str())
        .filter(|p| !known.contains(p))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new(), "say in STEPS whom they may know");
}

#[test]
fn venues_know_only_the_domain() {
    let venues = sources(&root(), &["pipeline/venues"]);
    let named = crate_edges(&venues).into_iter().map(|edge| edge.to);
    // An example names the crate it shows.
    let found: BTreeSet<String> = named.filter(|to| to != "venues").collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["domain"]);
}

#[test]
fn only_the_lake_knows_parquet_paths() {
    let mut others = sources(&root(), &["pipeline", "models"]);
    // A venue's file may itself be Parquet.
    others.retain(|s| {
        !s.path.starts_with("pipeline/lake/") && !s.path.starts_with("pipeline/venues/src/file/")
    });
    holds(
        "only lake knows paths of Parquet files",
        &others,
        r#""[^"]*(\.parquet|lake/_|_manifests|_staging)[^"]*""#,
    );
}

#[test]
fn time_and_chance_come_from_the_command_line_alone() {
    let mut others = sources(&root(), &["pipeline", "models"]);
    others.retain(|source| source.path != "pipeline/cli/world.rs");
    holds("clock and randomness are passed in", &others, AIR);
}

/// Each rule finds what it is for: a rule that finds nothing anywhere holds nothing.
#[test]
fn a_planted_violation_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let plant = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    plant(
        "pipeline/score/deep/planted.rs",
        "//! Says crate::cli in a comment.\n\
         use super::super::super::cli::CliError;\n\
         use crate::{enrich::items, publish};\n\
         /// chrono::Utc::now\n\
         fn now() { chrono::Utc::now(); read(\"data/lake/x.parquet\"); }\n\
         #[cfg(test)]\nmod tests {\n    use crate::cli::Cli;\n}\n",
    );
    plant("pipeline/score/tests.rs", "use crate::cli::Cli;\n");
    plant(
        "models/src/planted.rs",
        "use autobazaaar_lake::Lake;\nuse std::net::TcpStream;\nuse reqwest::Client;\n",
    );
    plant("models/Cargo.toml", "[dependencies]\nautobazaaar-lake.workspace = true\n");
    let planted = sources(folder.path(), &["pipeline", "models"]);
    let told = |edges: Vec<Edge>| edges.into_iter().map(|e| format!("{} {}", e.at, e.to)).collect::<Vec<_>>();
    assert_eq!(
        told(against_the_steps(part_edges(&planted))),
        ["pipeline/score/deep/planted.rs:2 cli", "pipeline/score/deep/planted.rs:3 enrich"]
    );
    assert_eq!(told(crate_edges(&planted)), ["models/src/planted.rs:1 lake"]);
    assert_eq!(told(manifest_edges(folder.path(), "models", "models")), ["models/Cargo.toml:2 lake"]);
    assert_eq!(found(&planted, AIR), ["pipeline/score/deep/planted.rs:5"]);
    assert_eq!(found(&planted, r#""[^"]*\.parquet[^"]*""#), ["pipeline/score/deep/planted.rs:5"]);
    assert_eq!(found(&planted, OUTSIDE), ["models/src/planted.rs:2", "models/src/planted.rs:3"]);
    assert_eq!(found(&planted, HTTP_CLIENTS), ["models/src/planted.rs:3"]);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn holds(rule: &str, sources: &[Source], wrong: &str) {
    assert!(!sources.is_empty(), "{rule}: there are no files");
    let found = found(sources, wrong);
    assert!(found.is_empty(), "{rule}: {found:#?}");
}

fn found(sources: &[Source], wrong: &str) -> Vec<String> {
    let wrong = Regex::new(wrong).unwrap();
    let lines = |source: &Source| {
        let hits = source.lines.iter().enumerate().filter(|(_, line)| wrong.is_match(line));
        hits.map(|(at, _)| format!("{}:{}", source.path, at + 1)).collect::<Vec<_>>()
    };
    sources.iter().flat_map(lines).collect()
}

fn against_the_steps(edges: Vec<Edge>) -> Vec<Edge> {
    let step = |part: &str| STEPS.iter().position(|step| step.contains(&part));
    let wrong =
        |edge: &Edge| edge.from != edge.to && step(&edge.to).is_some() && step(&edge.to) >= step(&edge.from);
    edges.into_iter().filter(wrong).collect()
}

/// Names of our crates, in the code.
fn crate_edges(sources: &[Source]) -> Vec<Edge> {
    let named = Regex::new(
        r"\bautobazaaar_(bazaar|browser|domain|ebay|fetch|lake|models|negotiation|store|venues)\b",
    )
    .unwrap();
    edges(sources, |line, _| named.captures_iter(line).map(|c| c[1].to_owned()).collect())
}

/// Our crates among a manifest's dependencies.
fn manifest_edges(root: &Path, name: &str, folder: &str) -> Vec<Edge> {
    let path = format!("{folder}/Cargo.toml");
    let text = fs::read_to_string(root.join(&path)).unwrap();
    let wanted = Regex::new(r"^autobazaaar-(\w+)").unwrap();
    let lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("[dependencies"));
    lines
        .filter_map(|(at, line)| {
            let to = wanted.captures(line)?[1].to_owned();
            Some(Edge { from: name.to_owned(), to, at: format!("{path}:{}", at + 1) })
        })
        .collect()
}

/// Parts of the root package that are named: by `crate::part`, `crate::{part, …}`, or by as many
/// `super::` as lead to the root.
fn part_edges(sources: &[Source]) -> Vec<Edge> {
    let ours: Vec<&Source> = sources
        .iter()
        .filter(|s| {
            s.path.starts_with("pipeline/")
                && !CRATES.iter().any(|c| s.path.starts_with(&format!("{}/", c.1)))
        })
        .collect();
    let direct = Regex::new(r"\bcrate::(\w+)").unwrap();
    let group = Regex::new(r"\bcrate::\{(.*)").unwrap();
    let upward = Regex::new(r"\b((?:super::)+)(\w+)").unwrap();
    let in_group = Regex::new(r"(?:^|,)\s*(\w+)").unwrap();
    let ours_of = |line: &str, depth: usize| {
        let mut parts: Vec<String> = direct.captures_iter(line).map(|c| c[1].to_owned()).collect();
        for names in group.captures_iter(line) {
            let flat = without_inner(&names[1]);
            parts.extend(in_group.captures_iter(&flat).map(|c| c[1].to_owned()));
        }
        for up in upward.captures_iter(line) {
            if up[1].matches("super").count() == depth {
                parts.push(up[2].to_owned());
            }
        }
        parts
    };
    ours.into_iter().flat_map(|source| edges(std::slice::from_ref(source), ours_of)).collect()
}

/// What stands at the outermost level of a braced list.
fn without_inner(list: &str) -> String {
    let mut depth = 0_i32;
    list.chars()
        .filter(|c| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        })
        .collect()
}

fn edges(sources: &[Source], named: impl Fn(&str, usize) -> Vec<String>) -> Vec<Edge> {
    let mut edges = Vec::new();
    for source in sources {
        let module = source.path.trim_start_matches("pipeline/").trim_end_matches(".rs");
        let module = module.strip_suffix("/mod").unwrap_or(module);
        let from = module.split('/').next().unwrap_or_default().to_owned();
        for (at, line) in source.lines.iter().enumerate() {
            for to in named(line, module.split('/').count()) {
                edges.push(Edge { from: from.clone(), to, at: format!("{}:{}", source.path, at + 1) });
            }
        }
    }
    edges
}

/// Every Rust file below the folders, but tests.
fn sources(root: &Path, folders: &[&str]) -> Vec<Source> {
    let mut files = Vec::new();
    for folder in folders {
        rust_files(&root.join(folder), &mut files);
    }
    files.sort();
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        Source { path, lines: without_tests(&text) }
    };
    files.into_iter().map(named).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let test = name == "tests" || name == "tests.rs" || name.ends_with("_tests.rs");
        if test || for_tests_only(&path.with_file_name("mod.rs"), &name) {
            continue;
        }
        if path.is_dir() {
            rust_files(&path, files);
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

/// Whether the parent module takes a module in for tests only.
fn for_tests_only(parent: &Path, file: &str) -> bool {
    let Ok(text) = fs::read_to_string(parent) else { return false };
    let module = format!("mod {};", file.trim_end_matches(".rs"));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .windows(2)
        .any(|pair| pair[0] == "#[cfg(test)]" && pair[1].trim_start_matches("pub(crate) ") == module)
}

/// The lines, blank where there is a comment or a test.
fn without_tests(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let all: Vec<&str> = text.lines().collect();
    for (at, line) in all.iter().enumerate() {
        let inline_tests = line.trim() == "#[cfg(test)]"
            && all.get(at + 1).is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'));
        if inline_tests {
            break;
        }
        let code = if line.trim_start().starts_with("//") { "" } else { line };
        lines.push(code.to_owned());
    }
    lines
}
