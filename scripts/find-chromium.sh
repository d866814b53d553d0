#!/usr/bin/env bash
# Prints the path of a Chromium, or of a browser built from it; fails without one.
set -euo pipefail

for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$browser" ] && command -v "$browser"; then
        exit 0
    fi
done
exit 1
