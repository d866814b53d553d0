#!/usr/bin/env bash
# Builds the server and runs the shop, with a PostgreSQL of its own unless DATABASE_URL names one, and with a stand-in for
# Stripe unless the shop has an account there (STRIPE_SECRET_KEY) or is in production.
set -euo pipefail
cd "$(dirname "$0")/.."

# Without one that can be installed here, the server downloads its own.
[ -n "${DATABASE_URL:-}" ] || scripts/install.sh postgresql || echo "the server will look for a download instead" >&2

mkdir -p target
found=target/stripe.found log=target/stripe.log finder=
if [ -z "${STRIPE_SECRET_KEY:-}${STRIPE_SECRET_KEY_FILE:-}" ] && [ "${CARTOGRAPH_ENV:-development}" = development ]; then
    # While the server is built; the shop opens with or without it.
    scripts/find-stripe.sh >"$found" 2>"$log" &
    finder=$!
fi
cargo build --release --locked

cards_off() {
    echo "no cards in this demo: $1" >&2
}

# Waits a little until the finder is done.
is_done() {
    local tries
    for tries in $(seq 200); do
        kill -0 "$finder" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}

# Where the stand-in finds the shop; nowhere if the shop takes any free port.
webhooks() {
    local host=${HOST:-127.0.0.1}
    case $host in 0.0.0.0) host=127.0.0.1 ;; ::) host='[::1]' ;; *:*) host="[$host]" ;; esac
    [ "${PORT:-8000}" = 0 ] || echo "--webhook=http://$host:${PORT:-8000}/webhooks/stripe"
}

take_cards() {
    STRIPE_WEBHOOK_SECRET=whsec_$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
    export STRIPE_WEBHOOK_SECRET
    # What is started here ends with this shell, which the server takes the place of.
    "$(cat "$found")" tests/stripe/serve.py --port 8420 $(webhooks) --while-parent-lives >"$log" 2>&1 &
    local stripe=$! url= tries
    for tries in $(seq 100); do
        url=$(sed -n 's|^listening on \(http://.*\)$|\1|p' "$log")
        [ -z "$url" ] && kill -0 "$stripe" 2>/dev/null || break
        sleep 0.1
    done
    if [ -z "$url" ]; then
        kill "$stripe" 2>/dev/null || true
        unset STRIPE_WEBHOOK_SECRET
        cards_off "the stand-in for Stripe did not start ($log)"
        return
    fi
    export STRIPE_API_URL=$url STRIPE_SECRET_KEY=sk_test_demo STRIPE_PUBLISHABLE_KEY=pk_test_demo
    echo "a stand-in for Stripe is at $url; pay there with: scripts/pay.sh CLIENT_SECRET"
}

if [ -n "$finder" ]; then
    if ! is_done; then
        cards_off "the packages of a stand-in for Stripe take long to come; the next start has them"
    elif wait "$finder"; then
        take_cards
    else
        cards_off "a stand-in for Stripe needs Python 3 with venv, and packages from PyPI ($log)"
    fi
fi
exec target/release/cartograph serve
