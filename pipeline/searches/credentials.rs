//! eBay's keys: from the environment, or from a file that its owner alone may read.

use std::path::Path;

use autobazaaar_fetch::Secret;
use serde::Deserialize;

use super::trouble::{Trouble, TroubleKind};
use crate::config::EbayConfig;

/// An application's keys.
pub(super) struct Keys {
    pub id: String,
    pub secret: Secret,
    /// The owner's consent to sell for them.
    pub consent: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    client_id: String,
    client_secret: String,
    refresh_token: Option<String>,
}

/// The keys that are configured. A relative path of a file counts from `base`.
pub(super) fn keys(config: &EbayConfig, base: &Path) -> Result<Keys, Trouble> {
    let consent = config.refresh_token.as_ref().map(|token| Secret::new(token.expose()));
    match (&config.client_id, &config.client_secret, &config.credentials_file) {
        (Some(id), Some(secret), _) => {
            Ok(Keys { id: id.clone(), secret: Secret::new(secret.expose()), consent })
        }
        (_, _, Some(path)) => {
            let keys = from_file(&base.join(path))?;
            Ok(Keys { consent: consent.or(keys.consent), ..keys })
        }
        _ => Err(wrong(
            "no keys for eBay's API are configured",
            "get a keyset at developer.ebay.com, then set AUTOBAZAAAR_EBAY__CLIENT_ID and \
             AUTOBAZAAAR_EBAY__CLIENT_SECRET, or name a file as `credentials_file` in [ebay]",
        )),
    }
}

fn from_file(path: &Path) -> Result<Keys, Trouble> {
    let shown = path.display();
    if is_open_to_others(path) {
        let mend = format!("chmod 600 {shown}");
        return Err(wrong(&format!("others may read the keys in {shown}"), &mend));
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        wrong(&format!("cannot read {shown}: {error}"), "check `credentials_file` in [ebay]")
    })?;
    // What stands in the file is not repeated: the message would show a secret.
    let file: File = toml::from_str(&text).map_err(|_| {
        wrong(
            &format!("{shown} is no TOML file with `client_id`, `client_secret` and `refresh_token` alone"),
            "write a line each: client_id = \"…\", client_secret = \"…\", and for selling refresh_token = \"…\"",
        )
    })?;
    let consent = file.refresh_token.map(Secret::new);
    Ok(Keys { id: file.client_id, secret: Secret::new(file.client_secret), consent })
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

fn wrong(reason: &str, mend: &str) -> Trouble {
    Trouble::new(TroubleKind::Credentials, reason, mend)
}
