#!/usr/bin/env bash
# Pages a second over loopback HTTP with the rate limits off: fetched alone, then fetched, read and
# written to Parquet.
#
#   benches/fetch.sh [PAGES] [BYTES]
#
# The way to Parquet is gone twice: with pages full of listings (308 in 100 kB), which no venue shows, and
# with 60 listings and a script for the rest, as real pages have them. Client and server share the
# machine's cores and one process. Prints pages per second, and for the way to Parquet the processor time of
# both together: where other work runs beside it, that says more.
set -euo pipefail
cd "$(dirname "$0")/.."
pages="${1:-1000}" bytes="${2:-100000}"
cargo run -q -p autobazaaar-fetch --example loopback -- "$pages" "$bytes"
cargo build -q --example fetch_to_lake
TIMEFORMAT='user %U s, system %S s'
time "${CARGO_TARGET_DIR:-target}/debug/examples/fetch_to_lake" "$pages" "$bytes"
time "${CARGO_TARGET_DIR:-target}/debug/examples/fetch_to_lake" "$pages" "$bytes" 60
