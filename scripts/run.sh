#!/usr/bin/env bash
# Builds the server and runs the shop, with a PostgreSQL of its own unless DATABASE_URL names one.
set -euo pipefail
cd "$(dirname "$0")/.."

# Without one that can be installed here, the server downloads its own.
[ -n "${DATABASE_URL:-}" ] || scripts/install.sh postgresql || echo "the server will look for a download instead" >&2
cargo build --release --locked
exec target/release/cartograph serve
