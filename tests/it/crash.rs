//! `kill -9` at any moment: nothing is lost, nothing stands twice.

use std::fs::File;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::lake::{Compared, compare, rows};
use crate::market::{MAPPING, many};
use crate::sandbox::Sandbox;

const KILLS: u32 = 10;
const LISTINGS: u32 = 50_000;
const DAYS: u32 = 6;

#[test]
fn ingest_killed_ten_times_ends_as_one_that_was_left_alone() {
    // It counts wholly or not at all.
    killed_ten_times(&Sandbox::new(), |found, whole| [(0, 0), whole].contains(&found));
}

#[test]
fn ingest_of_many_parts_killed_ten_times_ends_as_one_that_was_left_alone() {
    // What counts after each part counts from then on.
    let mut most = (0, 0);
    let sandbox = Sandbox::new().env("AUTOBAZAAAR_INGEST__ROTATE_ROWS", "40000");
    killed_ten_times(&sandbox, |found, whole| {
        let grows = found.0 >= most.0 && found.1 >= most.1;
        most = found;
        grows && found.0 <= whole.0 && found.1 <= whole.1
    });
}

/// Kills an ingest at ten moments; what counts then must be right by (found, whole), rows of
/// observations and sightings each.
fn killed_ten_times(sandbox: &Sandbox, mut is_right: impl FnMut((i64, i64), (i64, i64)) -> bool) {
    sandbox.write("shop.toml", MAPPING);
    sandbox.write("shop.csv", many(LISTINGS, DAYS));
    let ingest = ["ingest", "--from-file", "shop.csv", "--mapping", "shop.toml", "--data-dir"];
    let started = Instant::now();
    sandbox.ok(&[&ingest[..], &["calm"]].concat());
    let whole = started.elapsed();
    let (calm, cut) = (sandbox.path("calm"), sandbox.path("cut"));
    let (observations, sightings) = (rows(&calm, "observations"), rows(&calm, "sightings"));
    assert_eq!(observations + sightings, i64::from(LISTINGS * DAYS));

    let mut moments = ChaCha8Rng::seed_from_u64(9);
    let mut killed = 0;
    for _ in 0..KILLS {
        let mut child = sandbox.spawn(&[&ingest[..], &["cut"]].concat());
        // The moment is what is tested: a tenth too late, so that the end is hit, too.
        sleep(whole.mul_f64(moments.random_range(0.0..1.1)));
        child.kill().unwrap();
        killed += i32::from(!child.wait().unwrap().success());
        let found = (rows(&cut, "observations"), rows(&cut, "sightings"));
        assert!(is_right(found, (observations, sightings)), "{found:?}");
    }
    assert!(killed > 0, "no run was killed");
    sandbox.ok(&[&ingest[..], &["cut"]].concat());

    for (dataset, found) in compare(&calm, &cut) {
        let count = found.left;
        assert_eq!(found, Compared { left: count, right: count, only_left: 0, only_right: 0 }, "{dataset}");
    }
    let left: Vec<_> = std::fs::read_dir(cut.join("lake/_staging")).into_iter().flatten().flatten().collect();
    assert!(left.is_empty(), "left over: {left:?}");
    let runs = sandbox.json(&["runs", "list", "--limit", "50", "--data-dir", "cut"]);
    let running: Vec<_> = runs.as_array().unwrap().iter().filter(|run| run["state"] == "running").collect();
    assert!(running.is_empty(), "{running:#?}");
}

#[test]
fn a_full_disk_is_said_and_leaves_the_lake_as_it_was() {
    let sandbox = Sandbox::new()
        .file("shop.toml", MAPPING)
        .file("old/shop.csv", &many(100, 1))
        .file("shop.csv", &many(20_000, 3));
    let ingest =
        |file, folder| ["ingest", "--from-file", file, "--mapping", "shop.toml", "--data-dir", folder];
    sandbox.ok(&ingest("shop.csv", "calm"));
    sandbox.ok(&ingest("old/shop.csv", "full"));
    let full = sandbox.path("full");
    let before = (rows(&full, "observations"), rows(&full, "sightings"));
    for kilobytes in [1, 16, 128] {
        let output = sandbox.with_full_disk(kilobytes, &ingest("shop.csv", "full"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{kilobytes} kB: {said}");
        assert!(said.contains("error: cannot write") && said.contains("full/"), "{kilobytes} kB: {said}");
        assert_eq!((rows(&full, "observations"), rows(&full, "sightings")), before, "{kilobytes} kB");
    }
    sandbox.ok(&ingest("shop.csv", "full"));
    let compared = compare(&sandbox.path("calm"), &full);
    for dataset in ["observations", "sightings"] {
        let found = &compared[dataset];
        assert_eq!((found.only_left, found.only_right), (0, 0), "{dataset}: {found:?}");
    }
}

#[test]
fn a_run_that_was_cut_off_goes_on() {
    let sandbox = Sandbox::new();
    let mut moments = ChaCha8Rng::seed_from_u64(3);
    for latest_ms in [2_500, 5_000, 7_000] {
        let mut child = sandbox.spawn(&["run"]);
        sleep(Duration::from_millis(moments.random_range(latest_ms / 2..latest_ms)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sandbox.ok(&["run"]);
    let runs = sandbox.json(&["runs", "list"]);
    let states: Vec<&str> =
        runs.as_array().unwrap().iter().map(|run| run["state"].as_str().unwrap()).collect();
    assert_eq!(states[0], "finished", "{runs:#}");
    assert!(!states.contains(&"running"), "{runs:#}");
    assert_eq!(sandbox.number("select count(*) from observations"), 9_980);
    let twice = "select count(*) - count(distinct observation_id) from observations";
    assert_eq!(sandbox.number(twice), 0);
}

#[test]
fn a_folder_in_which_another_writes_is_left_alone() {
    let sandbox = Sandbox::new().file("shop.toml", MAPPING).file("shop.csv", &many(10, 1));
    let ingest = ["ingest", "--from-file", "shop.csv", "--mapping", "shop.toml"];
    sandbox.ok(&ingest);
    let lock = File::options().write(true).open(sandbox.path("data/state/writer.lock")).unwrap();
    lock.lock().unwrap();
    for command in [&ingest[..], &["enrich"], &["run"]] {
        let said = sandbox.fails(1, command);
        assert!(said.contains("another") && said.contains("data"), "{said}");
    }
    // Who reads is not held up.
    assert_eq!(sandbox.json(&["runs", "list"]).as_array().unwrap().len(), 1);
    drop(lock);
    sandbox.ok(&["enrich"]);
}
