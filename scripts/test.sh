#!/usr/bin/env bash
# Every test: units, documentation, and the server asked from outside with a real PostgreSQL, Redis and browser.
# Arguments go to `cargo test`: scripts/test.sh catalog
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis chromium node
CHROMIUM=$(scripts/find-chromium.sh)
export CHROMIUM

# What drives the browser; only when its lock file is newer than what is installed.
if [ playground/e2e/package-lock.json -nt playground/e2e/node_modules/.package-lock.json ]; then
    npm --prefix playground/e2e ci --no-audit --no-fund --loglevel=error
fi
exec scripts/with-services.sh cargo test --locked "$@"
