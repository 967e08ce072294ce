#!/usr/bin/env bash
# How fast eBay's search pages are read, beside selectolax (lexbor) with the same fields.
# Wanted: at least half as fast, and no page over 50 ms.
#
#     benches/pages.sh [FILE…]        default: the saved pages in ../shared/data
set -euo pipefail
cd "$(dirname "$0")/.."

data="${AUTOBAZAAAR_REAL_DATA:-../shared/data}"
files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    files=("$data"/pages/ebay/search_*.html)
fi

python="${TMPDIR:-/tmp}/autobazaaar-selectolax"
if [ ! -x "$python/bin/python" ]; then
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet selectolax
fi

echo "selectolax (lexbor):"
"$python/bin/python" benches/pages.py "${files[@]}"
echo
echo "autobazaaar-venues:"
cargo run --quiet -p autobazaaar-venues --example read_pages -- --repeat 9 "${files[@]}"
