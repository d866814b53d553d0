#!/usr/bin/env bash
# Prints the Python that the stand-in for Stripe (tests/stripe/serve.py) runs with, after making it an environment of its own
# under target/ if there is none yet. Fails where there is no Python or the network does not give its packages.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=$PWD/target/stripe
if [ tests/stripe/requirements.txt -nt "$venv/installed" ]; then
    python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet --disable-pip-version-check --timeout 10 --retries 2 \
        --requirement tests/stripe/requirements.txt >&2
    touch "$venv/installed"
fi
echo "$venv/bin/python"
