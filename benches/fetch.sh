#!/usr/bin/env bash
# Pages a second over loopback HTTP with the rate limits off.
#
#   benches/fetch.sh [PAGES] [BYTES]
#
# Client and server share the machine's cores and one process. Prints pages per second without and
# with records on the disk.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo run -q -p autobazaaar-fetch --example loopback -- "${1:-1000}" "${2:-100000}"
