//! A folder and an environment of their own for each test.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

/// A folder in which the program is run without any of the tester's environment.
pub struct Sandbox {
    folder: PathBuf,
    variables: Vec<(String, String)>,
    /// Removes the folder; a shared one stays until a later start.
    _guard: Option<TempDir>,
}

impl Sandbox {
    pub fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        Self { folder: guard.path().to_owned(), variables: Vec::new(), _guard: Some(guard) }
    }

    /// One that outlives the test, for what several tests read. What earlier test runs left is
    /// removed once it is an hour old, so that test runs side by side keep theirs.
    pub fn shared(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let old = |path: &Path| {
            let age = path.metadata().and_then(|found| found.modified()).map(|at| {
                SystemTime::now().duration_since(at).unwrap_or_default() > Duration::from_secs(3600)
            });
            age.unwrap_or(false)
        };
        for left in fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()) {
            if left.file_name().is_some_and(|n| n.to_string_lossy().starts_with("shared-")) && old(&left) {
                let _ = fs::remove_dir_all(left);
            }
        }
        let folder = root.join(format!("shared-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder, variables: Vec::new(), _guard: None }
    }

    /// Sets a variable for the runs that follow.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file, making its folders.
    pub fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// As [`Self::file`], on a sandbox in use.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
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
        self.command(args).current_dir(self.path(folder)).output().unwrap()
    }

    /// Runs the program with this on stdin.
    pub fn piped(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may have ended without reading; what it said tells why.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs the program where no file may grow beyond so many kilobytes: a write over it fails as
    /// it does on a full disk.
    pub fn with_full_disk(&self, kilobytes: u32, args: &[&str]) -> Output {
        let program = self.command(args);
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kilobytes * 2);
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(program.get_program()).args(program.get_args());
        command.current_dir(&self.folder).env_clear().stdin(Stdio::null());
        command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.output().unwrap()
    }

    /// Starts the program and goes on; what it says is not kept.
    pub fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs what must succeed; its stdout.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.output("", args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must succeed with `--format json`; its stdout parsed.
    pub fn json(&self, args: &[&str]) -> Value {
        let said = self.ok(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{args:?}: {error}: {said}"))
    }

    /// Runs what must end with this status and say nothing on stdout; its stderr.
    pub fn fails(&self, status: i32, args: &[&str]) -> String {
        let output = self.output("", args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{args:?}\n{said}");
        assert!(said.contains("error: "), "{args:?}\n{said}");
        said
    }

    /// The answer of a query with one number.
    pub fn number(&self, sql: &str) -> i64 {
        let rows = self.json(&["query", sql]);
        let row = rows[0].as_object().unwrap();
        row.values().next().unwrap().as_i64().unwrap_or_else(|| panic!("{sql}: {rows}"))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autobazaaar"));
        command
            .args(args)
            .current_dir(&self.folder)
            .env_clear()
            .env("AUTOBAZAAAR_LOG", "warn")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// The temporary folder's name is different each time.
    fn filtered(&self, text: &str) -> String {
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        let real = self.folder.canonicalize().unwrap();
        text.replace(&shown(&real), "[sandbox]").replace(&shown(&self.folder), "[sandbox]")
    }
}
