#!/usr/bin/env bash
# A seeded shop under load: requests per second, latencies, CPU and memory as a table. Variables: benches/load/run.py.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis python3 wrk
cargo build --release --locked
DURABLE=1 scripts/with-services.sh bash -c 'DATABASE_URL=$TEST_DATABASE_URL exec python3 benches/load/run.py'
