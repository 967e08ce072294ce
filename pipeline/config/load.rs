//! Finds and reads the configuration.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Config;
use super::layers::{Flag, Layer, Origin, Places, merge, to_json};
use super::problem::{ConfigError, Place, Problem};
use super::schema::Schema;
use super::{check, env, file, rules};

/// The file's name, looked for from the current folder upwards.
pub const CONFIG_FILE: &str = "autobazaaar.toml";

/// What to load from.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The current folder.
    pub current_dir: PathBuf,
    /// A file named by flag or variable; without one it is looked for.
    pub file: Option<PathBuf>,
    /// The environment; variables that are not ours are ignored.
    pub variables: Vec<(String, String)>,
    /// Settings from flags.
    pub flags: Vec<Flag>,
}

/// The effective configuration and where it comes from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The effective values.
    pub config: Config,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// The data folder as a path that holds from the current folder.
    pub data_dir: PathBuf,
    /// The folder that relative paths of the file count from.
    pub base_dir: PathBuf,
    origins: Places,
}

impl Loaded {
    /// Where the value of a dotted path comes from.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.of(key).cloned().map_or(Origin::Default, Origin::Given)
    }
}

/// Loads the effective configuration.
///
/// # Errors
/// When the file cannot be read or is not TOML, or when any layer holds an unknown key or a value
/// that does not fit; all findings at once.
pub fn load(request: &Request) -> Result<Loaded, ConfigError> {
    let schema = Schema::of::<Config>();
    let path = request.file.clone().or_else(|| find(&request.current_dir));
    let from_file = match &path {
        Some(path) => read(path, &request.current_dir)?,
        None => Layer { value: Value::Object(Map::new()), ..Layer::default() },
    };
    let from_env = env::layer(&schema, &request.variables);
    let from_flags = Layer::of_flags(&request.flags);
    let layers = [&from_file, &from_env, &from_flags];

    refuse(layers.iter().flat_map(|layer| check::check(&schema, layer)).collect())?;
    let mut value = to_json(&Config::default());
    let mut origins = Places::default();
    for layer in layers {
        merge(&mut value, &mut origins, layer);
    }
    let config: Config = match serde_json::from_value(value) {
        Ok(config) => config,
        Err(error) => {
            refuse(rules::refused(&schema, &layers))?;
            // Only settings that are wrong together get here.
            return Err(ConfigError::Wrong(vec![Problem {
                place: Place::Whole,
                key: String::new(),
                what: error.to_string(),
                mend: "`autobazaaar config schema` says what each key takes".to_owned(),
            }]));
        }
    };
    refuse(rules::broken(&config, &origins))?;
    Ok(resolve(config, path, origins, &request.current_dir))
}

/// The nearest configuration file in a folder or above it.
fn find(from: &Path) -> Option<PathBuf> {
    from.ancestors().map(|folder| folder.join(CONFIG_FILE)).find(|path| path.is_file())
}

fn read(path: &Path, current_dir: &Path) -> Result<Layer, ConfigError> {
    let text = std::fs::read(current_dir.join(path))
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    // Shown the way the user would type it.
    let shown = path.strip_prefix(current_dir).unwrap_or(path);
    file::parse(shown, &text)
}

fn refuse(problems: Vec<Problem>) -> Result<(), ConfigError> {
    if problems.is_empty() { Ok(()) } else { Err(ConfigError::Wrong(problems)) }
}

/// Paths of the file count from its folder; those of flags and variables from the current one.
fn resolve(config: Config, file: Option<PathBuf>, origins: Places, current_dir: &Path) -> Loaded {
    let file = file.map(|path| current_dir.join(path));
    let folder = file.as_deref().and_then(Path::parent);
    let base_dir = folder.unwrap_or(current_dir).to_owned();
    let anchor = match origins.of("data_dir") {
        Some(Place::Env(_) | Place::Flag(_)) => current_dir,
        _ => &base_dir,
    };
    let data_dir = anchor.join(&config.data_dir);
    Loaded { config, file, data_dir, base_dir, origins }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn request(folder: &Path, variables: &[(&str, &str)], flags: Vec<Flag>) -> Request {
        let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Request { current_dir: folder.to_owned(), file: None, variables, flags }
    }

    fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), text).unwrap();
        match load(&request(folder.path(), variables, vec![])) {
            Err(ConfigError::Wrong(found)) => found.iter().map(|p| format!("{p} ({})", p.mend)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), "data_dir = 'f'\n[train]\nseed = 2\nfolds = 3\n").unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        let flag = Flag { flag: "--data-dir", key: "data_dir", value: "flagged".into() };
        let variables = [("AUTOBAZAAAR_TRAIN__FOLDS", "4"), ("AUTOBAZAAAR_DATA_DIR", "e"), ("HOME", "/x")];

        let plain = load(&request(&below, &[], vec![])).unwrap();
        let all = load(&request(&below, &variables, vec![flag])).unwrap();

        assert_eq!(plain.data_dir, folder.path().join("f"));
        assert_eq!((plain.config.train.seed, plain.config.train.folds.get()), (2, 3));
        assert_eq!(all.data_dir, below.join("flagged"));
        assert_eq!((all.config.train.seed, all.config.train.folds.get()), (2, 4));
        let from = |key| all.origin(key).to_string();
        assert_eq!(from("data_dir"), "--data-dir");
        assert_eq!(from("train.folds"), "AUTOBAZAAAR_TRAIN__FOLDS");
        assert!(from("train.seed").ends_with("autobazaaar.toml:3"), "{}", from("train.seed"));
        assert_eq!(from("train.max_examples"), "default");
    }

    #[test]
    fn an_unknown_key_is_refused_with_what_was_meant() {
        let cases = [
            ("[train]\nsed = 1", "`train.sed` (did you mean `train.seed`?)"),
            ("seed = 1", "`seed` (did you mean `train.seed`?)"),
            ("[trian]\nseed = 1", "`trian` (did you mean `train`?)"),
            ("xyzzy = 1", "`xyzzy` (`autobazaaar config show` lists every key)"),
        ];
        for (text, expected) in cases {
            let found = problems(text, &[]);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].ends_with(expected), "{found:?}");
        }
    }

    #[test]
    fn wrong_values_say_what_was_found_and_expected() {
        let found = problems(
            "[train]\nfolds = 1\n[owner]\ntime_zone = 3\n",
            &[("AUTOBAZAAAR_INGEST__MEMORY_MB", "lots"), ("AUTOBAZAAAR_TRIAN__SEED", "1")],
        );
        let expected = [
            "autobazaaar.toml:2: `train.folds` is 1, expected a whole number from 3 up to 16 (the default is 5)",
            "autobazaaar.toml:4: `owner.time_zone` is 3, expected text (the default is \"UTC\")",
            "environment variable AUTOBAZAAAR_INGEST__MEMORY_MB: `ingest.memory_mb` is \"lots\", expected a whole \
             number from 32 up to 1048576 (the default is 256)",
            "environment variable AUTOBAZAAAR_TRIAN__SEED: unknown key `trian` (did you mean \
             AUTOBAZAAAR_TRAIN__SEED?)",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_only_the_types_know_has_its_place_too() {
        let found = problems("[train]\nseed = 1\n[owner]\ntime_zone = 'Mars'\n", &[]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("autobazaaar.toml:4: `owner.time_zone`: `Mars` is not a time zone"),
            "{found:?}"
        );
    }

    #[test]
    fn sources_are_complete_and_named_apart() {
        let source = "[[sources]]\nname = 'a'\nfiles = ['x[']\nmapping = 'm'\n";
        assert_eq!(problems(&format!("{source}{source}"), &[]).len(), 3);
        let found = problems("[[sources]]\nname = 'a'\nfiles = []\n", &[]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_named_file_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let request = Request { file: Some("no.toml".into()), ..request(folder.path(), &[], vec![]) };
        assert!(matches!(load(&request), Err(ConfigError::Unreadable { .. })));
    }
}
