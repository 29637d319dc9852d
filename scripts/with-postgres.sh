#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: `with-postgres.sh COMMAND…`. The cluster lives in a
# temporary folder, listens on a free port of the loopback address, and is gone afterwards. Exports
# HAWSER_TEST_POSTGRES, its URL, HAWSER_TEST_BAO, the OpenBao that `make setup` installed, and
# HAWSER_TEST_HELM, HAWSER_TEST_KUBECTL and HAWSER_TEST_SOPS, which `make setup-tests` installed.
. "$(dirname "$0")/environment.sh"

bin=$(find /usr/lib/postgresql -maxdepth 3 -name initdb -printf '%h\n' 2>/dev/null | sort --version-sort | tail -n 1)
[ -n "$bin" ] || fail "PostgreSQL is missing: make setup-tests installs it."

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id --user)" = 0 ]; then
        (cd / && runuser --user postgres -- "$@")
    else
        "$@"
    fi
}

folder=$(mktemp --directory --tmpdir hawser-postgres.XXXXXX)
stop() {
    as_postgres "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
[ "$(id --user)" != 0 ] || chown postgres "$folder"

# Nobody else on this machine may read it.
password=$(od --address-radix=n --read-bytes=16 --format=x1 /dev/urandom | tr --delete ' \n')
printf '%s\n' "$password" >"$folder/password"
[ "$(id --user)" != 0 ] || chown postgres "$folder/password"
chmod 600 "$folder/password"

as_postgres "$bin/initdb" --pgdata="$folder/data" --username=hawser --auth=scram-sha-256 \
    --pwfile="$folder/password" --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
    { cat "$folder/initdb.log" >&2; fail "initdb failed"; }
port=$(node --eval 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
# The data is thrown away, so it need not reach the disk.
as_postgres "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/server.log" --wait --silent start --options="\
    -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off" >"$folder/start.log" 2>&1 ||
    { cat "$folder"/*.log >&2; fail "PostgreSQL did not start"; }

export HAWSER_TEST_POSTGRES="postgres://hawser:$password@127.0.0.1:$port/postgres"
export HAWSER_TEST_BAO=${HAWSER_TEST_BAO:-$PWD/.cache/bin/bao}
export HAWSER_TEST_HELM=${HAWSER_TEST_HELM:-$PWD/.cache/bin/helm}
export HAWSER_TEST_KUBECTL=${HAWSER_TEST_KUBECTL:-$PWD/.cache/bin/kubectl}
export HAWSER_TEST_SOPS=${HAWSER_TEST_SOPS:-$PWD/.cache/bin/sops}
"$@"
