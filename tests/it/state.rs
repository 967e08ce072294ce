//! What stands beside the loop: backups, jobs, settings, and the schedule.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

fn with_state() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&["demo", "--days", "1", "--format", "json"]);
    sandbox
}

const DEMO: [&str; 2] = ["--data-dir", "data/demo"];

fn on<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &DEMO].concat()
}

#[test]
fn a_backup_is_restored_and_everything_is_stopped() {
    let sandbox = with_state();
    // Given a backup, and a change after it
    sandbox.ok(&on(&["settings", "set", "cap.messages", "7"]));
    sandbox.ok(&on(&["backup", "kept"]));
    assert!(sandbox.fails(2, &on(&["backup", "kept"])).contains("there already"));
    assert!(sandbox.path("kept/store/backup.json").exists());
    assert!(sandbox.path("kept/manifests").read_dir().unwrap().next().is_some());
    sandbox.ok(&on(&["settings", "set", "cap.messages", "99"]));
    // When it is restored
    assert!(sandbox.ok(&on(&["restore", "kept", "--check"])).starts_with("sound:"));
    let said = sandbox.ok(&on(&["restore", "kept"]));
    assert!(said.contains("0 restored"), "the lake's manifests were all there: {said}");
    // Then it is as it was, and nothing goes out before the owner looked
    let settings = sandbox.json(&on(&["settings", "list"]));
    let value = |key: &str| {
        settings.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!(value("cap.messages"), 7);
    assert_eq!(value("stop"), true);
    assert!(sandbox.ok(&on(&["alerts"])).contains("a backup was restored"));
}

#[test]
fn a_damaged_backup_is_refused() {
    let sandbox = with_state();
    sandbox.ok(&on(&["backup", "kept"]));
    let database = sandbox.path("kept/store/autobazaaar.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&database, bytes).unwrap();
    assert!(sandbox.fails(1, &on(&["restore", "kept"])).contains("kept"));
}

#[test]
fn a_settings_changes_are_kept() {
    let sandbox = with_state();
    sandbox.ok(&on(&["settings", "set", "cap.spending.USD", "99.50"]));
    sandbox.ok(&on(&["settings", "set", "cap.spending.USD", "120"]));
    let changes = sandbox.json(&on(&["settings", "show", "cap.spending.USD"]));
    let changes = changes.as_array().unwrap();
    assert_eq!(changes.last().unwrap()["from"], 9_950);
    assert_eq!(changes.last().unwrap()["to"], 12_000);
    assert_eq!(changes.last().unwrap()["by"], "owner");
    assert!(sandbox.fails(2, &on(&["settings", "set", "cap.message", "3"])).contains("no setting"));
    assert!(sandbox.fails(2, &on(&["settings", "set", "stop", "maybe"])).contains("expected true or false"));
    sandbox.ok(&on(&["settings", "unset", "cap.spending.USD"]));
}

#[test]
fn jobs_are_listed_and_steered() {
    let sandbox = with_state();
    let jobs = sandbox.json(&on(&["jobs", "list", "--all"]));
    let first = jobs.as_array().unwrap().first().cloned();
    if let Some(job) = first {
        let (kind, id) = (job["kind"].as_str().unwrap(), job["due_id"].as_str().unwrap());
        assert!(sandbox.ok(&on(&["jobs", "show", id])).contains(kind));
        assert!(sandbox.ok(&on(&["jobs", "pause", kind])).contains("paused"));
        assert!(sandbox.ok(&on(&["jobs", "resume", kind])).contains("worked on"));
    }
    assert!(sandbox.fails(1, &on(&["jobs", "pause", "nonsense"])).contains("never was a job"));
    assert!(sandbox.fails(2, &on(&["jobs", "show", "x"])).contains("ULID"));
}

#[test]
fn one_schedule_works_on_a_folder_and_ends_when_told_to() {
    let sandbox = Sandbox::new();
    // Given a schedule whose next time is far away
    let far = ["schedule", "--run", "0 0 29 2 *", "--act", "0 0 29 2 *", "--report", "0 0 29 2 *"];
    let mut first = sandbox.spawn(&far);
    let lock = sandbox.path("data/state/schedule.lock");
    let holder = format!("process {}, since", first.id());
    wait_for(|| std::fs::read_to_string(&lock).is_ok_and(|text| text.starts_with(&holder)));
    // Then a second one is refused while it works
    let said = sandbox.fails(1, &far);
    assert!(said.contains("another schedule") && said.contains(&holder), "{said}");
    // And the first ends well when it is told to
    let told = Command::new("kill").args(["-TERM", &first.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(first.wait().unwrap().success());
    // And the next times are told, and what is no time is refused
    let next = sandbox.json(&["schedule", "--next", "--run", "0 6 * * *"]);
    assert_eq!(next.as_array().unwrap().len(), 15);
    let configured = Sandbox::new().file("autobazaaar.toml", "[schedule]\nrun = \"7 3 * * *\"\n");
    let next = configured.json(&["schedule", "--next"]);
    assert!(next[0]["cron"] == "7 3 * * *" && next[0]["at"].to_string().contains("03:07"), "{next}");
    let wrong = Sandbox::new().file("autobazaaar.toml", "[schedule]\nact = \"often\"\n");
    assert!(wrong.fails(2, &["schedule"]).contains("schedule.act"));
    assert!(sandbox.fails(2, &["schedule", "--run", "every day"]).contains("expected five"));
}

fn wait_for(mut there: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !there() {
        assert!(Instant::now() < until, "it never came");
        std::thread::yield_now();
    }
}
