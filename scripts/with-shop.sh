#!/usr/bin/env bash
# Runs a command with the demo shop open: on the servers that scripts/with-services.sh gives, on a free port.
#
#   scripts/with-services.sh scripts/with-shop.sh COMMAND [ARGUMENT...]
#
# The command finds the shop in CARTOGRAPH_URL. A shop that ends by itself meanwhile is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] && [ -n "${TEST_DATABASE_URL:-}" ] || { echo "usage: scripts/with-services.sh $0 COMMAND [ARGUMENT...]" >&2; exit 2; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/cartograph-shop.XXXXXX")
DATABASE_URL=$TEST_DATABASE_URL REDIS_URL=$TEST_REDIS_URL DATA_DIR=$folder/data HOST=127.0.0.1 PORT=0 LOG=warn \
    target/debug/cartograph serve >"$folder/log" 2>&1 &
shop=$!
trap 'kill "$shop" 2>/dev/null || true; wait "$shop" 2>/dev/null || true; rm -rf "$folder"' EXIT

url=
for _ in $(seq 600); do
    url=$(sed -n 's|^ *GraphQL *\(http://.*\)/graphql$|\1|p' "$folder/log")
    [ -z "$url" ] && kill -0 "$shop" 2>/dev/null || break
    sleep 0.1
done
[ -n "$url" ] || { echo "the shop did not open:" >&2; cat "$folder/log" >&2; exit 1; }

status=0
CARTOGRAPH_URL=$url "$@" || status=$?
kill -0 "$shop" 2>/dev/null || { echo "the shop ended by itself" >&2; status=1; }
# What it had to say: warnings and errors alone.
[ "$status" = 0 ] || tail -n 50 "$folder/log" >&2
exit "$status"
