#!/usr/bin/env bash
# The tools that front ends are made with, against schema.graphql and a running shop: docs/clients.md.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis node
# Only when the lock file is newer than what is installed.
if [ tests/clients/package-lock.json -nt tests/clients/node_modules/.package-lock.json ]; then
    npm --prefix tests/clients ci --no-audit --no-fund --loglevel=error
fi
for step in lint generate typecheck build; do
    npm --prefix tests/clients run --silent "$step"
done
cargo build --locked
exec scripts/with-services.sh scripts/with-shop.sh npm --prefix tests/clients run --silent test
