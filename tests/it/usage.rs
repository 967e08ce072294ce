//! Wrong use: exit status 2, and what would be right.

use crate::sandbox::Sandbox;

#[test]
fn an_unknown_command() {
    insta::assert_snapshot!(Sandbox::new().run(&["confg"]));
}

#[test]
fn no_command_shows_the_help() {
    let output = Sandbox::new().output("", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Usage: autobazaaar"));
}

#[test]
fn toml_is_for_the_configuration_alone() {
    insta::assert_snapshot!(Sandbox::new().run(&["config", "schema", "--format", "toml"]));
}

#[test]
fn a_wrong_log_filter() {
    let sandbox = Sandbox::new().env("AUTOBAZAAAR_LOG", "a=b=c");
    let said = sandbox.run(&["config", "show"]);
    assert!(
        said.starts_with("exit: 2\n--- stdout\n--- stderr\nerror: environment variable AUTOBAZAAAR_LOG"),
        "{said}"
    );
}
