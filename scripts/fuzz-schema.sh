#!/usr/bin/env bash
# Requests made up from the schema, as a guest and as an administrator: none may be answered by a server error, a dropped
# connection or an error without a code. SECONDS_EACH and SEED say for how long and which.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis python
venv=target/fuzz-schema
if [ tests/fuzz/requirements.txt -nt "$venv/installed" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/fuzz/requirements.txt
    touch "$venv/installed"
fi
cargo build --locked
exec scripts/with-services.sh scripts/with-shop.sh "$venv/bin/python" tests/fuzz/run.py
