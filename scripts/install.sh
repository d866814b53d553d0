#!/usr/bin/env bash
# Installs the programs named, those that are missing, with the machine's package manager.
#
#   scripts/install.sh postgresql redis chromium python wrk
#   scripts/install.sh node          only checks: which Node a machine has is its owner's business
#
# Fails with one line for each program that it could not get.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
oldest_node=20.19

present() {
    case $1 in
    postgresql) "$here/find-postgres.sh" >/dev/null ;;
    redis) command -v redis-server >/dev/null ;;
    chromium) "$here/find-chromium.sh" >/dev/null ;;
    # Debian has the parts of Python that make an environment in a package of their own.
    python) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    node) command -v npm >/dev/null && node_is_new_enough ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

node_is_new_enough() {
    local found
    found=$(node --version | tr -d v) || return 1
    [ "$(printf '%s\n' "$oldest_node" "$found" | sort -V | head -n 1)" = "$oldest_node" ]
}

as_root=()
if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
fi

have_apt() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

apt_install() {
    [ -n "${apt_updated:-}" ] || "${as_root[@]}" apt-get update -q
    apt_updated=yes
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

install_with_apt() {
    case $1 in
    postgresql)
        # The package would open a cluster of its own on port 5432, which nothing here uses.
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            apt_install postgresql-common
            "${as_root[@]}" sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' \
                /etc/postgresql-common/createcluster.conf
        fi
        apt_install postgresql
        ;;
    redis) apt_install redis-server ;;
    python) apt_install python3-venv ;;
    *) apt_install "$1" ;;
    esac
}

install_with_brew() {
    case $1 in
    postgresql) brew install postgresql@17 ;;
    chromium) brew install --cask chromium ;;
    python) brew install python3 ;;
    *) brew install "$1" ;;
    esac
}

failed=
for program in "$@"; do
    present "$program" && continue
    if [ "$program" != node ]; then
        echo "$program is missing: installing it"
        if have_apt; then
            install_with_apt "$program" || true
        elif command -v brew >/dev/null; then
            install_with_brew "$program" || true
        fi
        present "$program" && continue
    fi
    case $program in
    node) echo "Node $oldest_node or newer with npm is needed: install it from https://nodejs.org" >&2 ;;
    *) echo "$program is needed and could not be installed: install it with this machine's package manager" >&2 ;;
    esac
    failed=yes
done
[ -z "$failed" ]
