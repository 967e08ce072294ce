//! One hop: attempts, waits, and what is made of failures.

use std::time::Duration;

use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::enter::Visit;
use crate::host::{LONGEST_PEACE, authority};
use crate::transport::{Incoming, Outgoing, Overflow, TransportError};
use crate::{FetchError, Fetcher, Request, Seen, Site, retry_after, shown};

impl Fetcher {
    /// The answer to one hop and the number of requests sent for it.
    ///
    /// Asked again are: a request that was never sent; and, if repeating does no harm, one whose
    /// connection broke, or that was answered with 429 or 5xx. An answer that does not come in time is
    /// left to the caller: the host has had its time.
    pub(crate) async fn exchange(
        &self,
        site: &Site,
        request: &Request,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<(Incoming, u32), FetchError> {
        let mut attempt = 1;
        loop {
            let visit = self.enter(site, url).await?;
            if let Some(api) = &request.quota {
                self.quotas.take(api, self.clock.now())?;
            }
            let sent = self.send_once(self.outgoing(request, url, headers)).await;
            let last = attempt >= self.settings.backoff.attempts.max(1);
            match sent {
                Ok(incoming) => {
                    let Incoming { status, headers, body } = &incoming;
                    self.judge(site, url, &Seen { url, status: status.as_u16(), headers, body })?;
                    if !is_passing(*status) {
                        return Ok((incoming, attempt));
                    }
                    if let Some(wait) = retry_after(headers, self.clock.now()) {
                        self.leave_in_peace(&visit, url, wait)?;
                    }
                    let too_long = visit.host.held_for() > self.settings.longest_wait;
                    if last || too_long || !request.repeatable {
                        return Ok((incoming, attempt));
                    }
                    tracing::debug!(url = shown(url), %status, attempt, "asked again later");
                }
                Err(FetchError::Transport { url, source, .. }) => {
                    if last || !may_repeat(&source, request) {
                        return Err(FetchError::Transport { url, attempts: attempt, source });
                    }
                    tracing::debug!(url, error = %source, attempt, "asked again later");
                }
                Err(other) => return Err(other),
            }
            drop(visit);
            sleep(self.settings.backoff.wait(attempt, self.jitter.unit())).await;
            attempt += 1;
        }
    }

    /// Nobody asks the host for so long, nor whoever comes after a restart.
    fn leave_in_peace(&self, visit: &Visit, url: &Url, wait: Duration) -> Result<(), FetchError> {
        visit.host.hold(wait);
        let now = self.clock.now();
        let until = now + TimeDelta::from_std(wait.min(LONGEST_PEACE)).unwrap_or_default();
        Ok(self.waits.note(&authority(url), until, now)?)
    }

    /// Sends through the proxy whose turn it is.
    pub(crate) async fn send_once(&self, outgoing: Outgoing) -> Result<Incoming, FetchError> {
        let proxy = self.next_proxy()?;
        let (url, limit) = (shown(&outgoing.url), outgoing.time_out);
        let sending = self.transport.send(Outgoing { proxy: proxy.clone(), ..outgoing });
        let sent = timeout(limit, sending).await.unwrap_or(Err(TransportError::TimedOut(limit)));
        if let Some(proxy) = &proxy {
            let failed = matches!(sent, Err(TransportError::Proxy { .. }));
            self.proxies.note(proxy, !failed, self.clock.now());
        }
        sent.map_err(|source| FetchError::Transport { url, attempts: 1, source })
    }

    fn outgoing(&self, request: &Request, url: &Url, headers: &HeaderMap) -> Outgoing {
        Outgoing {
            method: request.method.clone(),
            url: url.clone(),
            headers: headers.clone(),
            body: request.body.clone(),
            max_body: self.settings.longest_body,
            overflow: Overflow::Refuse,
            time_out: self.settings.time_out,
            proxy: None,
        }
    }
}

fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn may_repeat(error: &TransportError, request: &Request) -> bool {
    match error {
        TransportError::Connect(_) | TransportError::Proxy { .. } => true,
        TransportError::Broken(_) => request.repeatable,
        TransportError::TimedOut(_) | TransportError::TooLong(_) => false,
    }
}
