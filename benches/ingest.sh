#!/usr/bin/env bash
# Ingest of many rows against DuckDB's own COPY of the same file in the same run.
#
#   benches/ingest.sh VEHICLES_CSV [ROWS …]
#
# Repeats a CSV of vehicles to each number of rows with distinct ids in a column `row`, reads it
# with `autobazaaar ingest`, and copies it with DuckDB to zstd Parquet partitioned by day. Prints
# rows per second of both and the highest resident memory of ours. Needs the built program (or
# AUTOBAZAAAR for its path), GNU time, and Python with the package duckdb (PYTHON for its path).
set -euo pipefail
source_csv=${1:?the CSV of vehicles}
shift
target=${CARGO_TARGET_DIR:-target}
program=${AUTOBAZAAAR:-$target/debug/autobazaaar}
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for rows in "${@:-5000000}"; do
    "$python" - "$source_csv" "$work/rows.csv" "$rows" <<'PY'
import sys
source, target, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
head, *lines = [line for line in open(source).read().split("\n") if line]
with open(target, "w", buffering=1 << 20) as out:
    out.write(f"row,{head}\n")
    for i in range(rows):
        out.write(f"{i},{lines[i % len(lines)]}\n")
PY
    "$python" - "$work/rows.csv" "$work/duckdb" "$rows" <<'PY'
import sys, time, duckdb
source, target, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
connection = duckdb.connect()
started = time.time()
connection.execute(f"""
    copy (select *, strptime(date_posted, '%m/%d/%y')::date as date, 'craigslist' as platform
          from read_csv('{source}', all_varchar = true))
    to '{target}' (format parquet, compression zstd, partition_by (platform, date))""")
seconds = time.time() - started
print(f"{rows} rows: DuckDB COPY {seconds:.1f} s, {rows / seconds:,.0f} rows/s")
PY
    AUTOBAZAAAR_LOG=error /usr/bin/time -f '%e %M' -o "$work/time" \
        "$program" --data-dir "$work/data" ingest --from-file "$work/rows.csv" --mapping vehicles >/dev/null 2>"$work/log"
    read -r seconds kilobytes <"$work/time"
    awk -v rows="$rows" -v s="$seconds" -v kb="$kilobytes" 'BEGIN {
        printf "%d rows: ingest %.1f s, %d rows/s, %d MB resident\n", rows, s, rows / s, kb / 1024 }'
    rm -rf "$work/data" "$work/duckdb"
done
