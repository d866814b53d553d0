#!/usr/bin/env bash
# Runs a command with a PostgreSQL and a Redis of its own: in a temporary folder, on free ports, gone afterwards
# however the command ends. Several copies can run side by side, as root or not.
#
#   scripts/with-services.sh cargo test
#
# The command finds them in TEST_DATABASE_URL and TEST_REDIS_URL. DURABLE=1 has PostgreSQL wait for the disk, as in
# production: for measuring.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT...]" >&2; exit 2; }

bin=$("$here/find-postgres.sh") || { echo "no PostgreSQL found: run scripts/install.sh postgresql" >&2; exit 1; }
command -v redis-server >/dev/null || { echo "no redis-server found: run scripts/install.sh redis" >&2; exit 1; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/cartograph-services.XXXXXX")
postgres_pid= redis_pid= command_pid=
# What to end the command with when it is not its own end that ends this.
signal=TERM

stop() {
    stop_command
    # SIGINT is PostgreSQL's fast shutdown; Redis has nothing to save.
    [ -z "$postgres_pid" ] || kill -INT "$postgres_pid" 2>/dev/null || true
    [ -z "$redis_pid" ] || kill -TERM "$redis_pid" 2>/dev/null || true
    wait $postgres_pid $redis_pid 2>/dev/null || true
    rm -rf "$folder"
}

# The command is a process group: cargo, the tests it runs, the programs they start.
stop_command() {
    [ -n "$command_pid" ] || return 0
    kill -"$signal" -- "-$command_pid" 2>/dev/null || true
    # Whoever signals again means it; the servers stay until the command has ended, however long it takes.
    trap 'kill -TERM -- "-$command_pid" 2>/dev/null || true' INT TERM HUP
    while kill -0 "$command_pid" 2>/dev/null; do
        wait "$command_pid" 2>/dev/null || true
    done
    trap '' INT TERM HUP
    # What the command left behind has a moment to end by itself.
    kill -TERM -- "-$command_pid" 2>/dev/null || return 0
    local tries
    for tries in $(seq 50); do
        kill -0 -- "-$command_pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$command_pid" 2>/dev/null || true
}

trap stop EXIT
trap 'signal=INT; exit 130' INT
trap 'exit 143' TERM HUP

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_postgres=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
    chmod 711 "$folder"
    install -d -o "$user" "$folder/postgres"
else
    mkdir "$folder/postgres"
fi

# A port that nobody had a moment ago; the caller tries another when somebody was faster.
some_port() { echo $((20000 + RANDOM % 12000)); }

# started PID LOG TEXT: whether the process got so far as to write the text.
started() {
    local tries
    for tries in $(seq 200); do
        grep -q "$3" "$2" 2>/dev/null && return 0
        kill -0 "$1" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

give_up() {
    echo "$1 did not start:" >&2
    tail -n 20 "$2" >&2
    exit 1
}

# The collation and letters of the embedded server: C, but knowing upper and lower case beyond ASCII.
letters=$(locale -a 2>/dev/null | grep -ixE 'C\.UTF-?8|en_US\.UTF-?8' | head -n 1 || true)
(cd "$folder/postgres" && ${as_postgres[@]+"${as_postgres[@]}"} "$bin/initdb" --pgdata="$folder/postgres/data" \
    --username=postgres --auth=trust --encoding=UTF8 --locale=C ${letters:+--lc-ctype="$letters"} \
    --no-sync --no-instructions >"$folder/initdb.log" 2>&1) || give_up initdb "$folder/initdb.log"

settings=(-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c timezone=UTC
    -c shared_buffers=256MB -c max_wal_size=4GB -c jit=off -c random_page_cost=1.1)
# Nothing here has to survive a crash, so nothing waits for the disk.
[ -n "${DURABLE:-}" ] || settings+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off
    -c wal_level=minimal -c max_wal_senders=0 -c checkpoint_timeout=1h)

start_postgres() {
    port=$(some_port)
    : >"$folder/postgres.log"
    (cd "$folder/postgres" && exec ${as_postgres[@]+"${as_postgres[@]}"} "$bin/postgres" -D "$folder/postgres/data" \
        -c port="$port" "${settings[@]}") >"$folder/postgres.log" 2>&1 &
    postgres_pid=$!
    started "$postgres_pid" "$folder/postgres.log" 'ready to accept connections'
}
start_redis() {
    redis_port=$(some_port)
    : >"$folder/redis.log"
    redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" \
        >"$folder/redis.log" 2>&1 &
    redis_pid=$!
    started "$redis_pid" "$folder/redis.log" 'Ready to accept connections'
}
start_postgres || start_postgres || start_postgres || give_up PostgreSQL "$folder/postgres.log"
start_redis || start_redis || start_redis || give_up Redis "$folder/redis.log"

export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
export TEST_REDIS_URL="redis://127.0.0.1:$redis_port/0"
# Not exec: this shell has to stay and stop the servers. In the background, so that a signal is handled at once, and with
# job control, without which what runs there is deaf to SIGINT. Such a group may not read from a terminal.
status=0
set -m
"$@" </dev/null &
command_pid=$!
set +m
wait "$command_pid" || status=$?
exit "$status"
