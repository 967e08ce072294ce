//! A browser: started here, or reached elsewhere.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use autobazaaar_fetch::{Fetcher, Secret, shown};
use chromiumoxide::browser::{Browser, BrowserConfig};
use chromiumoxide::handler::Handler;
use futures_util::StreamExt as _;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use url::Url;

use crate::BrowserError;

/// A browser that has not begun to listen by then does not start, or is not there.
const START_TIME_OUT: Duration = Duration::from_secs(30);
/// Width and height in pixels.
const WINDOW: (u32, u32) = (1280, 1600);

/// How to start Chromium here.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program; looked for in the usual places when absent.
    pub program: Option<PathBuf>,
    /// Chromium's own protection against hostile pages. It does not work for root, which containers
    /// often are.
    pub sandbox: bool,
}

impl Default for Launch {
    fn default() -> Self {
        Self { program: None, sandbox: true }
    }
}

/// A running browser. Close it; a dropped one is killed.
pub struct Chromium {
    pub(crate) browser: Browser,
    pub(crate) fetcher: Arc<Fetcher>,
    handler: JoinHandle<()>,
    remote: bool,
    /// Cookies and caches of this browser; gone with it.
    _profile: Option<TempDir>,
}

impl Chromium {
    /// Starts Chromium without a window, with a fresh profile, behind the proxy whose turn it is.
    ///
    /// # Errors
    /// When it is not there or does not start, or no proxy can serve it.
    pub async fn launch(launch: &Launch, fetcher: Arc<Fetcher>) -> Result<Self, BrowserError> {
        let profile = TempDir::new().map_err(|error| BrowserError::Launch(error.to_string()))?;
        let mut config = BrowserConfig::builder()
            .new_headless_mode()
            .user_data_dir(profile.path())
            .window_size(WINDOW.0, WINDOW.1)
            .viewport(None)
            .respect_https_errors()
            .disable_https_first()
            .launch_timeout(START_TIME_OUT)
            // The shared memory of containers is small.
            .arg("disable-dev-shm-usage");
        if let Some(program) = &launch.program {
            config = config.chrome_executable(program);
        }
        if !launch.sandbox {
            config = config.no_sandbox();
        }
        if let Some(proxy) = fetcher.next_proxy()? {
            if proxy.asks_who() {
                return Err(BrowserError::ProxyPassword(proxy.label()));
            }
            // Addresses of this machine would go around it otherwise.
            let origin = proxy.address().origin().ascii_serialization();
            let (server, none) = (format!("proxy-server={origin}"), "proxy-bypass-list=<-loopback>");
            config = config.arg(server).arg(none);
        }
        let config = config.build().map_err(BrowserError::Launch)?;
        let started = Browser::launch(config).await;
        let (browser, handler) = started.map_err(|error| BrowserError::Launch(error.to_string()))?;
        Ok(Self::over(browser, handler, fetcher, Some(profile)))
    }

    /// Reaches a browser by its debugging address (`ws:`, `wss:`, or `http:` that names one). The
    /// address may hold a key; it is not shown.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(address: &Secret, fetcher: Arc<Fetcher>) -> Result<Self, BrowserError> {
        let url = address.expose().parse::<Url>();
        let url = url.map_or_else(|_| "an address that is none".to_owned(), |url| shown(&url));
        let failed = |reason: String| BrowserError::Connect { url: url.clone(), reason };
        let connecting = tokio::time::timeout(START_TIME_OUT, Browser::connect(address.expose()));
        let connected = connecting.await.map_err(|_| failed("no answer in time".to_owned()))?;
        let (browser, handler) = connected.map_err(|error| failed(error.to_string()))?;
        Ok(Self::over(browser, handler, fetcher, None))
    }

    fn over(browser: Browser, mut handler: Handler, fetcher: Arc<Fetcher>, profile: Option<TempDir>) -> Self {
        // It carries the messages until the browser is gone. Messages it cannot read are newer than it.
        let handler = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Self { browser, fetcher, handler, remote: profile.is_none(), _profile: profile }
    }

    /// The address at which others could reach this browser too.
    #[must_use]
    pub fn address(&self) -> Secret {
        Secret::new(self.browser.websocket_address().clone())
    }

    /// Ends a browser started here; leaves a remote one to whoever started it.
    ///
    /// # Errors
    /// When it does not end in order; it is killed then.
    pub async fn close(mut self) -> Result<(), BrowserError> {
        if !self.remote {
            self.browser.close().await?;
            self.browser.wait().await.map_err(|error| BrowserError::Launch(error.to_string()))?;
        }
        self.handler.abort();
        Ok(())
    }
}
