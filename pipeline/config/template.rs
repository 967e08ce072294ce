//! The commented file that `config init` writes, out of the types' doc comments.

use serde_json::Value;

use super::Config;
use super::check::{expected, range};
use super::schema::{Node, Schema, join};
use super::shown::without_nulls;

const HEAD: &str = "\
# Configuration of AutoBazaaar. Every setting is shown with its default; take the `#` away to
# change it. Flags win over AUTOBAZAAAR_… variables, those over this file. Unknown keys are refused.
# `autobazaaar config show` says what holds and who said so.

";

/// The whole file, every setting commented out with its default or an example.
#[must_use]
pub fn template() -> String {
    let schema = Schema::of::<Config>();
    let mut text = HEAD.to_owned();
    table(&schema, &schema.root(), "", "", &mut text);
    text
}

/// Plain keys first, then lists of tables and tables: TOML cannot go back out of a table.
fn table(schema: &Schema, node: &Node, path: &str, mark: &str, text: &mut String) {
    let fields = schema.fields(node);
    let is_nested = |field: &Node| field.is_table() || rows_of(schema, field).is_some();
    for (name, field) in fields.iter().filter(|(_, field)| !is_nested(field)) {
        key(name, field, text);
    }
    for (name, field) in fields.iter().filter(|(_, field)| is_nested(field)) {
        let path = join(path, name);
        text.push('\n');
        comment(field.description().unwrap_or_default(), text);
        match rows_of(schema, field) {
            Some(row) => {
                text.push_str(&format!("# [[{path}]]\n"));
                table(schema, &row, &path, "# ", text);
            }
            None => {
                text.push_str(&format!("{mark}[{path}]\n"));
                table(schema, field, &path, mark, text);
            }
        }
    }
}

/// The schema of a row, when a field is a list of tables.
fn rows_of(schema: &Schema, field: &Node) -> Option<Node> {
    schema.entry(field).filter(Node::is_table)
}

fn key(name: &str, field: &Node, text: &mut String) {
    comment(field.description().unwrap_or_default(), text);
    let value = field.default().or_else(|| field.example()).map(inline).unwrap_or_default();
    let takes = if field.words().is_some() { format!(" {}", expected(field)) } else { range(field) };
    let takes = if takes.is_empty() { takes } else { format!(" #{takes}") };
    text.push_str(&format!("# {name} = {value}{takes}\n"));
}

/// A doc comment as comment lines of at most 98 columns.
fn comment(doc: &str, text: &mut String) {
    let mut line = String::from("#");
    for word in doc.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 98 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    if line.len() > 1 {
        text.push_str(&line);
        text.push('\n');
    }
}

fn inline(value: &Value) -> String {
    let mut value = value.clone();
    without_nulls(&mut value);
    // Only a value without a TOML form fails, and defaults come from TOML-shaped types.
    toml::Value::try_from(&value).map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the comment mark from what is a setting or a header.
    fn uncommented(template: &str) -> String {
        let is_setting = |line: &str| {
            let body = line.trim_start_matches("# ");
            let word = body.split(' ').next().unwrap_or_default();
            let key = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            body.starts_with('[') || key && body[word.len()..].starts_with(" = ")
        };
        template
            .lines()
            .filter(|line| is_setting(line))
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect()
    }

    #[test]
    fn as_written_and_with_every_default_it_says_the_same() {
        let template = template();
        assert_eq!(toml::from_str::<Config>(&template).unwrap(), Config::default());
        let mut spelled: Config = toml::from_str(&uncommented(&template)).unwrap();
        assert_eq!(spelled.sources.len(), 1);
        spelled.sources.clear();
        assert_eq!(spelled.searches.len(), 1);
        spelled.searches.clear();
        // Settings without a default stand there with an example.
        assert_eq!(spelled.economics.kinds.len(), 1);
        spelled.economics.kinds = Config::default().economics.kinds;
        assert_eq!(spelled.economics.unknown_venue_fee_percent.take(), Some(10.0));
        assert!(spelled.owner.lives_near.take().is_some() && spelled.owner.opt_out_url.take().is_some());
        let venues = &mut spelled.venues;
        for venue in [
            &mut venues.ebay,
            &mut venues.craigslist,
            &mut venues.facebook,
            &mut venues.mercari,
            &mut venues.offerup,
        ] {
            assert!(venue.permission.take().is_some() && venue.base_url.take().is_some());
            assert!(venue.wait_for.take().is_some());
            assert!(venue.requests_per_minute.take().is_some() && venue.requests_per_day.take().is_some());
        }
        assert!(spelled.ebay.client_id.take().is_some() && spelled.ebay.client_secret.take().is_some());
        let ebay = &mut spelled.ebay;
        assert!(ebay.refresh_token.take().is_some() && ebay.location.take().is_some());
        assert!(ebay.fulfilment_policy.take().is_some() && ebay.payment_policy.take().is_some());
        assert!(ebay.return_policy.take().is_some());
        assert!(spelled.ebay.credentials_file.take().is_some() && spelled.fetch.contact.take().is_some());
        assert!(spelled.browser.program.take().is_some() && spelled.browser.address.take().is_some());
        assert_eq!(spelled, Config::default());
    }

    #[test]
    fn every_setting_is_explained() {
        let schema = Schema::of::<Config>();
        for path in schema.paths() {
            let steps: Vec<&str> = path.split('.').collect();
            let node = schema.at(&steps).unwrap();
            assert!(node.description().is_some(), "{path} has no doc comment");
        }
    }
}
