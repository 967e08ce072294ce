//! `autobazaaar config`.

use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;

#[test]
fn init_writes_a_file_that_loads() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("init", sandbox.run(&["config", "init"]));
    insta::assert_snapshot!("init_file", sandbox.read("autobazaaar.toml"));
    assert!(sandbox.run(&["config", "show"]).starts_with("exit: 0\n"));
}

#[test]
fn init_does_not_replace_unless_forced() {
    let sandbox = Sandbox::new().file("autobazaaar.toml", "mine = true\n");
    insta::assert_snapshot!("init_refused", sandbox.run(&["config", "init"]));
    assert_eq!(sandbox.read("autobazaaar.toml"), "mine = true\n");
    assert!(sandbox.run(&["config", "init", "--force", "--quiet"]).starts_with("exit: 0\n"));
    assert!(sandbox.read("autobazaaar.toml").starts_with("# Configuration of AutoBazaaar"));
}

#[test]
fn show_tells_each_origin() {
    let sandbox = Sandbox::new()
        .file(
            "shop/autobazaaar.toml",
            "[train]\nseed = 2\n[[sources]]\nname = \"a\"\nfiles = [\"*.csv\"]\nmapping = \"m\"\n",
        )
        .file("shop/below/keep", "")
        .env("AUTOBAZAAAR_TRAIN__FOLDS", "3");
    let args = ["config", "show", "--data-dir", "elsewhere"];
    insta::assert_snapshot!("show", sandbox.run_in("shop", &args));
    insta::assert_snapshot!("show_csv", sandbox.run_in("shop", &[&args[..], &["--format", "csv"]].concat()));
    insta::assert_snapshot!(
        "show_toml",
        sandbox.run_in("shop/below", &[&args[..], &["--format", "toml"]].concat())
    );
    let json = sandbox.output("shop", &["config", "show", "--format", "json"]).stdout;
    let rows: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(rows[0]["key"], "data_dir");
}

#[test]
fn schema_describes_every_key() {
    insta::assert_snapshot!("schema", Sandbox::new().run(&["config", "schema"]));
}

#[test]
fn an_unknown_key_is_refused() {
    let sandbox = Sandbox::new().file("autobazaaar.toml", "\n[ingest]\nbach_rows = 10\n");
    insta::assert_snapshot!("unknown_key", sandbox.run(&["config", "show"]));
}

#[test]
fn a_wrong_type_and_a_wrong_range_are_both_told() {
    let sandbox =
        Sandbox::new().file("autobazaaar.toml", "[train]\nfolds = 1\n[ingest]\nbatch_rows = \"many\"\n");
    insta::assert_snapshot!("wrong_values", sandbox.run(&["config", "show"]));
}

#[test]
fn a_wrong_variable_is_refused() {
    let sandbox =
        Sandbox::new().env("AUTOBAZAAAR_TRAIN__SED", "1").env("AUTOBAZAAAR_OWNER__TIME_ZONE", "Mars");
    insta::assert_snapshot!("unknown_variable", sandbox.run(&["config", "show"]));
    let sandbox = Sandbox::new().env("AUTOBAZAAAR_OWNER__TIME_ZONE", "Mars");
    insta::assert_snapshot!("wrong_variable", sandbox.run(&["config", "show"]));
}

#[test]
fn what_is_not_toml_or_not_there_is_told() {
    let sandbox = Sandbox::new().file("autobazaaar.toml", "[train\n");
    insta::assert_snapshot!("not_toml", sandbox.run(&["config", "show"]));
    insta::assert_snapshot!("not_there", sandbox.run(&["config", "show", "--config", "other.toml"]));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_autobazaaar"))
        .args(["config", "schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
