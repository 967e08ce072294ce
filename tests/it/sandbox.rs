//! A folder and an environment of their own for each test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A temporary folder in which the program is run without any of the tester's environment.
pub struct Sandbox {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Sets a variable for the runs that follow.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file, making its folders.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs the program; exit status, stdout and stderr as one text for a snapshot.
    pub fn run(&self, args: &[&str]) -> String {
        self.run_in("", args)
    }

    /// Runs the program in a folder of the sandbox.
    pub fn run_in(&self, folder: &str, args: &[&str]) -> String {
        let output = self.output(folder, args);
        let text = |bytes: &[u8]| self.filtered(&String::from_utf8_lossy(bytes));
        let code = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
        format!("exit: {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr))
    }

    pub fn output(&self, folder: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_autobazaaar"))
            .args(args)
            .current_dir(self.path(folder))
            .env_clear()
            .env("AUTOBAZAAAR_LOG", "warn")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap()
    }

    /// The temporary folder's name is different each time.
    fn filtered(&self, text: &str) -> String {
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        let real = self.folder.path().canonicalize().unwrap();
        text.replace(&shown(&real), "[sandbox]").replace(&shown(self.folder.path()), "[sandbox]")
    }
}
