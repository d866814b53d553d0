#!/usr/bin/env bash
# Pays at the demo's stand-in for Stripe, as a page with Stripe's own form would: the card goes there and not to the shop.
#
#   scripts/pay.sh CLIENT_SECRET [CARD]
#
# The secret is what paymentCreate answered. Cards: 4242424242424242 is good, 4000000000000002 is declined, 4000000000009995 has
# too little money, 4000000000003220 wants its holder to prove to be there, which is done here as well.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 CLIENT_SECRET [CARD]" >&2; exit 2; }
secret=$1 card=${2:-4242424242424242}
intent=${secret%%_secret_*}
log=$(dirname "$0")/../target/stripe.log
stripe=${STRIPE_API_URL:-$(sed -n 's|^listening on \(http://.*\)$|\1|p' "$log")}
key=${STRIPE_PUBLISHABLE_KEY:-pk_test_demo}

ask() {
    local path=$1
    shift
    curl --silent --show-error "$stripe/v1/payment_intents/$intent/$path" -d "key=$key" -d "client_secret=$secret" "$@"
}

answer=$(ask confirm -d 'payment_method_data[type]=card' -d "payment_method_data[card][number]=$card" \
    -d 'payment_method_data[card][exp_month]=12' -d 'payment_method_data[card][exp_year]=2034' \
    -d 'payment_method_data[card][cvc]=123')
case $answer in *'"status": "requires_action"'*) answer=$(ask _authenticate -d success=true) ;; esac
echo "$answer" | sed -nE 's/^ *"(status|decline_code|message)": "(.*)",?$/\1: \2/p'
