//! Polite access to the web: robots.txt, rates, retries, a cache, and records of what was answered.
