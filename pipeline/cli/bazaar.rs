//! `autobazaaar bazaar`: the simulated market over HTTP, on loopback.

use autobazaaar_bazaar::http::Server;
use clap::Args;

use super::prove::MarketArgs;
use super::{CliError, Context, ResultExt as _};

/// Arguments of `bazaar`.
#[derive(Debug, Args)]
pub struct BazaarArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8770)]
    pub port: u16,
    /// The same seed gives the same market
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub market: MarketArgs,
}

/// Serves a market until it is interrupted; its address is the first line of the output.
///
/// # Errors
/// When the port is taken.
pub fn run(args: &BazaarArgs, context: &Context<'_>) -> Result<(), CliError> {
    let market = args.market.open(args.seed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("cannot start the market")?;
    runtime.block_on(async {
        let server = Server::start(market, args.port)
            .await
            .doing(format!("cannot listen on port {} of 127.0.0.1", args.port))?;
        context.out.print(&server.base())?;
        context.out.say("its clock stands until somebody moves it: POST /clock, or autobazaaar prove")?;
        server.ended().await;
        Ok(())
    })
}
