//! Pages rendered by a browser.
