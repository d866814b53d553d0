#!/usr/bin/env bash
# Every test: units, documentation, and the server asked from outside with a real PostgreSQL, Redis and browser, and a stand-in
# for Stripe.
# Arguments go to `cargo test`: scripts/test.sh catalog
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis chromium node python
CHROMIUM=$(scripts/find-chromium.sh)
export CHROMIUM

# What drives the browser, what audits the server, and what takes its mail; only where a lock file is newer than what is installed.
for folder in playground/e2e tests/conformance tests/smtp; do
    if [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
        npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error
    fi
done
exec scripts/with-services.sh scripts/with-stripe.sh cargo test --locked "$@"
