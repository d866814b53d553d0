#!/usr/bin/env bash
# Runs a command with a stand-in for Stripe: on a free port, gone afterwards however the command ends.
#
#   scripts/with-stripe.sh COMMAND [ARGUMENT...]
#
# The command finds it in TEST_STRIPE_URL.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT...]" >&2; exit 2; }
python=$("$here/find-stripe.sh") || { echo "no stand-in for Stripe: run scripts/install.sh python" >&2; exit 1; }

log=$(mktemp "${TMPDIR:-/tmp}/cartograph-stripe.XXXXXX")
# It ends with this shell, even if that is killed.
"$python" "$here/../tests/stripe/serve.py" --while-parent-lives >"$log" 2>&1 &
stripe=$!
trap 'kill "$stripe" 2>/dev/null || true; wait "$stripe" 2>/dev/null || true; rm -f "$log"' EXIT

url=
for _ in $(seq 600); do
    url=$(sed -n 's|^listening on \(http://.*\)$|\1|p' "$log")
    [ -z "$url" ] && kill -0 "$stripe" 2>/dev/null || break
    sleep 0.05
done
[ -n "$url" ] || { echo "the stand-in for Stripe did not start:" >&2; cat "$log" >&2; exit 1; }

status=0
TEST_STRIPE_URL=$url "$@" || status=$?
if ! kill -0 "$stripe" 2>/dev/null; then
    echo "the stand-in for Stripe ended by itself:" >&2
    tail -n 20 "$log" >&2
    status=1
fi
exit "$status"
