//! Every help page is a snapshot: a change of the command line shows in review.

use autobazaaar::cli::Cli;
use clap::CommandFactory as _;

use crate::sandbox::Sandbox;

#[test]
fn every_page() {
    let mut pages = vec![vec![]];
    collect(&Cli::command(), &mut Vec::new(), &mut pages);
    for page in pages {
        let mut args: Vec<&str> = page.iter().map(String::as_str).collect();
        args.push("--help");
        let name = format!("help_{}", page.join("_"));
        insta::assert_snapshot!(name.trim_end_matches('_'), Sandbox::new().run(&args));
    }
}

fn collect(command: &clap::Command, path: &mut Vec<String>, pages: &mut Vec<Vec<String>>) {
    for sub in command.get_subcommands() {
        path.push(sub.get_name().to_owned());
        pages.push(path.clone());
        collect(sub, path, pages);
        path.pop();
    }
}

#[test]
fn the_version() {
    let said = Sandbox::new().run(&["--version"]);
    assert!(said.starts_with("exit: 0\n--- stdout\nautobazaaar "), "{said}");
}
