#!/usr/bin/env bash
# Enrich, train and score of many listings of the simulated bazaar.
#
#   benches/stages.sh [LISTINGS] [DAYS]
#
# Prints the run history's seconds and highest resident memory of each stage, each a process of
# its own. Needs the built program (or AUTOBAZAAAR for its path).
set -euo pipefail
listings=${1:-1000000}
days=${2:-5}
target=${CARGO_TARGET_DIR:-target}
program=${AUTOBAZAAAR:-$target/debug/autobazaaar}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AUTOBAZAAAR_LOG=error

"$program" --data-dir "$work" ingest --sample "$listings" --days "$days" >/dev/null 2>&1
for stage in enrich train score decide; do
    "$program" --data-dir "$work" "$stage" >/dev/null 2>&1
    run=$("$program" --data-dir "$work" --format csv runs list --limit 1 2>/dev/null | sed -n 2p | cut -d, -f1)
    "$program" --data-dir "$work" --format csv runs show "$run" 2>/dev/null | grep "^$stage,"
done
