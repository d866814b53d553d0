#!/usr/bin/env bash
# The torture (tests/torture): shoppers and staff while everything fails, then an audit; ten minutes at most. The servers are
# a release build: it is the shop that is tortured, and not the machine.
#
#   TORTURE_SEED      what happens, by chance; printed by each run
#   TORTURE_SECONDS   how long at most (540), but for a minute more where all that was begun is not done by then
#   TORTURE_ORDERS    how many orders it takes at least (5000); it ends when there were a tenth more
#   TORTURE_KILLS     how many killed servers (20)
#   TORTURE_SHOPPERS  how many shop at a time (40)
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis python
cargo build --release --locked
cargo build --locked --test torture
export HOSTILE_SERVER=$PWD/target/release/cartograph
export TORTURE_SECONDS=${TORTURE_SECONDS:-540} TORTURE_ORDERS=${TORTURE_ORDERS:-5000} TORTURE_KILLS=${TORTURE_KILLS:-20}
export TORTURE_SHOPPERS=${TORTURE_SHOPPERS:-40}
exec scripts/with-stripe.sh cargo test --quiet --locked --test torture
