#!/usr/bin/env bash
# Sends the hostile corpus to a release build, and holds the ceiling itself: 50 ms of processor time for each request.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -r /proc/self/schedstat ] || { echo "this needs Linux: it reads the server's use of the processor in /proc" >&2; exit 1; }
scripts/install.sh postgresql redis
cargo build --release --locked
HOSTILE_SERVER=$PWD/target/release/cartograph
export HOSTILE_SERVER
exec scripts/with-services.sh cargo test --locked --test api -- each_hostile_request --nocapture
