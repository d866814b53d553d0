#!/usr/bin/env bash
# What a request costs in process, then a seeded shop under load: docs/benchmarks.md. Variables: benches/load/run.py.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -r /proc/self/stat ] || { echo "make bench needs Linux: it reads the server's use of processor and memory in /proc" >&2; exit 1; }
scripts/install.sh postgresql redis python3 wrk
cargo build --release --locked
cargo bench --locked --no-run
bin=$(scripts/find-postgres.sh)
export bin
scripts/hostile.sh
# Two databases: a shop's size is part of what is measured.
DURABLE=1 scripts/with-services.sh bash -euc '
    "$bin/createdb" --maintenance-db="$TEST_DATABASE_URL" in_process
    DATABASE_URL=${TEST_DATABASE_URL%/*}/in_process REDIS_URL=$TEST_REDIS_URL cargo bench --locked --bench execute
    DATABASE_URL=$TEST_DATABASE_URL exec python3 benches/load/run.py'
