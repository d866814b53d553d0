#!/usr/bin/env bash
# Breaks the shop on purpose, one way after the other (tests/torture/breaks), and tortures each: the line that tells of it has to
# turn red, or the torture proves nothing. About two minutes each.
#
#   scripts/torture-breaks.sh [NAME...]
#
#   SECONDS_EACH  how long each is tortured (80)
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install.sh postgresql redis python
here=$PWD copy=$PWD/target/breaks
rm -rf "$copy"
git worktree prune
git worktree add --quiet --detach "$copy" HEAD
trap 'git worktree remove --force "$copy"' EXIT
# What others have written is not built twice.
export CARGO_TARGET_DIR=$here/target
export TORTURE_SECONDS=${SECONDS_EACH:-80} TORTURE_ORDERS=1 TORTURE_KILLS=1

[ $# -gt 0 ] || set -- $(cd tests/torture/breaks && ls *.patch | sed 's/\.patch$//')
failures=0
for name; do
    patch=$here/tests/torture/breaks/$name.patch
    red=$(sed -n 's/^Red: //p' "$patch")
    git -C "$copy" apply --recount "$patch"
    out=$here/target/breaks.$name.out
    (cd "$copy" && cargo build --quiet --locked --test torture)
    (cd "$copy" && "$here/scripts/with-stripe.sh" cargo test --quiet --locked --test torture) >"$out" 2>&1 || true
    if grep -q "^BROKEN .*  $red" "$out"; then
        echo "red    $name: $red"
    else
        echo "UNSEEN $name: $red ($out)"
        failures=$((failures + 1))
    fi
    sed -n 's/^BROKEN *[0-9]*  /         /p' "$out"
    git -C "$copy" checkout --quiet .
done
[ "$failures" = 0 ]
