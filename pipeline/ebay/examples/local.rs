//! The local eBay by itself, to try a client against: it prints its address and keys, and serves until
//! it is stopped.
//!
//!     cargo run -p autobazaaar-ebay --features testing --example local -- [THINGS] [SEED]

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use autobazaaar_ebay::testing::{EbayServer, Setup};
use autobazaaar_fetch::testing::RuntimeClock;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let clock = Arc::new(RuntimeClock::new("2026-11-24T12:00:00Z".parse()?));
    let mut setup = Setup::new(clock);
    setup.items = arguments.next().as_deref().unwrap_or("1000").parse()?;
    setup.seed = arguments.next().as_deref().unwrap_or("1").parse()?;
    let keys = format!("{}:{}", setup.client_id, setup.client_secret);
    let consent = setup.refresh_token.clone().unwrap_or_default();
    let server = EbayServer::start(setup).await?;
    writeln!(std::io::stdout(), "{} keys {keys}, refresh token {consent}", server.base())?;
    std::future::pending().await
}
