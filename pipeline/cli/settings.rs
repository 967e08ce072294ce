//! `autobazaaar settings`: what the owner changed at run time, over the configuration file.

use autobazaaar_domain::Currency;
use autobazaaar_store::{Actor, StoreError};
use clap::{Args, Subcommand};
use serde_json::Value as Json;

use super::output::{Cell, Column, Table};
use super::session::moment;
use super::state::with_store;
use super::{CliError, Context};

/// Arguments of `settings`.
#[derive(Debug, Subcommand)]
pub enum SettingsArgs {
    /// List the settings that were changed
    List,
    /// Show a setting and every change of it
    Show(KeyArgs),
    /// Change a setting
    Set(SetArgs),
    /// Take a setting back
    Unset(KeyArgs),
}

/// A setting.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// Its key, such as `cap.messages`
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// Arguments of `settings set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// Its key: `stop`, `cap.messages` or `cap.spending.<currency>`
    #[arg(value_name = "KEY")]
    pub key: String,
    /// `true`, `false`, a number, or a text
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,
}

/// What may be set, and how its value is read. Places in feeds and the like are the program's own.
enum Kind {
    Flag,
    /// Not negative.
    Count,
    /// An amount of major units, kept in minor ones.
    Amount(Currency),
}

/// Lists, shows and changes settings.
///
/// # Errors
/// When there is no state, it cannot be read or written, or the value is none for the key.
pub fn run(args: &SettingsArgs, context: &Context<'_>) -> Result<(), CliError> {
    match args {
        SettingsArgs::List => list(context),
        SettingsArgs::Show(args) => show(&args.key, context),
        SettingsArgs::Set(args) => set(args, context),
        SettingsArgs::Unset(args) => unset(&args.key, context),
    }
}

fn kind(key: &str) -> Result<Kind, CliError> {
    let unknown = || {
        CliError::usage(format!("`{key}` is no setting that can be changed"))
            .hint("known are stop, cap.messages and cap.spending.<currency>")
    };
    match key {
        "stop" => Ok(Kind::Flag),
        "cap.messages" => Ok(Kind::Count),
        _ => {
            let code = key.strip_prefix("cap.spending.").ok_or_else(unknown)?;
            code.parse().map(Kind::Amount).map_err(|_| unknown())
        }
    }
}

fn list(context: &Context<'_>) -> Result<(), CliError> {
    let settings = with_store(context, async |store| store.read().await?.settings().await)?;
    let mut table = Table::new([
        Column::text("key", "setting"),
        Column::text("value", "value"),
        Column::text("category", "kind"),
        Column::text("updated_at", "changed"),
        Column::text("updated_by", "by"),
    ]);
    for setting in settings {
        table.push([
            Cell::text(&setting.key),
            value_cell(&setting.key, setting.value),
            Cell::text(setting.category),
            moment(setting.updated_at),
            Cell::text(setting.updated_by),
        ]);
    }
    let empty = "nothing was changed: the configuration file holds";
    context.out.table(&table.or_empty(empty).hint("autobazaaar settings show KEY"))
}

/// JSON as it is; amounts as money for people.
fn value_cell(key: &str, value: Json) -> Cell {
    let shown = shown(key, &value);
    Cell::json(value).shown(shown)
}

fn shown(key: &str, value: &Json) -> String {
    match (kind(key), value.as_i64()) {
        (Ok(Kind::Amount(currency)), Some(minor)) => {
            autobazaaar_domain::Money::new(minor, currency).to_string()
        }
        _ => value.to_string(),
    }
}

fn show(key: &str, context: &Context<'_>) -> Result<(), CliError> {
    let (setting, changes) = with_store(context, async |store| {
        let mut reader = store.read().await?;
        Ok::<_, StoreError>((reader.setting(key).await?, reader.events_of(key).await?))
    })?;
    if setting.is_none() && changes.is_empty() {
        return Err(CliError::failed(format!("`{key}` was never set")).hint("autobazaaar settings list"));
    }
    let mut table = Table::new([
        Column::text("at", "when"),
        Column::text("by", "by"),
        Column::text("from", "from"),
        Column::text("to", "to"),
    ]);
    for change in changes {
        let of = |name: &str| change.data.get(name).cloned().filter(|value| !value.is_null());
        let cell = |value: Option<Json>| value.map_or_else(Cell::missing, |value| value_cell(key, value));
        table.push([moment(change.at), Cell::text(change.source.clone()), cell(of("from")), cell(of("to"))]);
    }
    context.out.table(&table)?;
    let now = setting.map_or_else(|| "not set".to_owned(), |setting| shown(key, &setting.value));
    context.out.say(&format!("{key} is {now} now"))
}

fn set(args: &SetArgs, context: &Context<'_>) -> Result<(), CliError> {
    let value = parsed(&args.key, &args.value)?;
    let (key, now) = (args.key.as_str(), context.now());
    with_store(context, async |store| {
        let mut tx = store.begin(now, &Actor::new("owner", "cli")).await?;
        tx.set(key, "safety", value.clone()).await?;
        tx.commit().await
    })?;
    context.out.print(&format!("{key} is {} now", shown(key, &value)))
}

fn parsed(key: &str, text: &str) -> Result<Json, CliError> {
    let wrong =
        |expected: &str| CliError::usage(format!("`{text}` is no value of {key}: expected {expected}"));
    match kind(key)? {
        Kind::Flag => text.parse::<bool>().map(Json::from).map_err(|_| wrong("true or false")),
        Kind::Count => text.parse::<u32>().map(Json::from).map_err(|_| wrong("a whole number, 0 or more")),
        Kind::Amount(currency) => {
            let amount = amount(text, currency).ok_or_else(|| wrong("an amount such as 250 or 99.50"))?;
            Ok(Json::from(amount))
        }
    }
}

/// Minor units of `250` or `99.50`: no float holds an amount.
fn amount(text: &str, currency: Currency) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = currency.digits() as usize;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !plain(whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

fn unset(key: &str, context: &Context<'_>) -> Result<(), CliError> {
    kind(key)?;
    let now = context.now();
    let was_set = with_store(context, async |store| {
        let mut tx = store.begin(now, &Actor::new("owner", "cli")).await?;
        if tx.setting(key).await?.is_none() {
            return Ok(false);
        }
        tx.unset(key).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(true)
    })?;
    context.out.print(&if was_set {
        format!("{key} is not set any more")
    } else {
        format!("{key} was not set")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_without_a_float() {
        let cases =
            [("250", Some(25_000)), ("99.5", Some(9_950)), ("0", Some(0)), ("1.234", None), ("-1", None)];
        for (text, minor) in cases {
            assert_eq!(amount(text, Currency::USD), minor, "{text}");
        }
        assert_eq!(amount("", Currency::USD), None);
        assert_eq!(amount("999999999999999999999", Currency::USD), None);
    }
}
