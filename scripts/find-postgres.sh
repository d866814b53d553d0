#!/usr/bin/env bash
# Prints the folder of PostgreSQL's server programs (postgres, initdb), the newest version there is; fails without one.
set -euo pipefail

oldest=14

candidates() {
    [ -z "${CARTOGRAPH_PG_BIN:-}" ] || echo "$CARTOGRAPH_PG_BIN"
    # Debian and Ubuntu keep the server's programs off the PATH, one folder per version.
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn
    printf '%s\n' /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /usr/pgsql-*/bin | sort -rV
    ! command -v pg_config >/dev/null || pg_config --bindir
    ! command -v postgres >/dev/null || dirname "$(command -v postgres)"
}

while read -r bin; do
    [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] || continue
    version=$("$bin/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    [ "$version" -ge "$oldest" ] || continue
    echo "$bin"
    exit 0
done < <(candidates)
exit 1
