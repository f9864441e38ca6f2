#!/usr/bin/env bash
# Installs what the tests need and passes them all, on SQLite and on PostgreSQL.
#
#   ./test.sh                          every check, as the continuous integration runs it
#   ./test.sh cargo test a_team_of     only this command, with both engines ready
#
# Wants Debian or Ubuntu with Rust (rustfmt and clippy too) and a C compiler. Packages that are
# missing are installed with apt-get, through sudo unless you are root. PostgreSQL runs as a
# cluster of its own in a temporary folder on a free port; nothing else on the machine is touched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf '\n=== %s\n' "$*"; }
refuse() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# A caller's PostgreSQL settings must not lead the tests to another server.
unset PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGPASSFILE PGDATABASE PGDATA PGOPTIONS PGSERVICE \
    PGSSLMODE TEST_POSTGRES_URL RESPITE_TEST_POSTGRES_BIN RESPITE_TEST_PYTHON

# ---------------------------------------------------------------------------- packages

apt_updated=no
install_packages() {
    command -v apt-get >/dev/null || refuse "please install: $* (apt-get is not here to do it)"
    local as_root=()
    if ! is_root; then
        command -v sudo >/dev/null || refuse "please install as root: apt-get install $*"
        as_root=(sudo)
    fi
    if [ "$apt_updated" = no ]; then
        "${as_root[@]}" apt-get update -q </dev/null
        apt_updated=yes
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@" </dev/null
}

# The programs of the newest PostgreSQL here; empty when there is none of version 15 or later.
find_postgres() {
    local folder version best=14
    postgres_bin=
    for folder in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$folder")")
        [[ $version =~ ^[0-9]+$ ]] && [ -x "$folder/initdb" ] || continue
        if [ "$version" -gt "$best" ]; then best=$version postgres_bin=$folder; fi
    done
}

check_tools() {
    command -v cargo >/dev/null || refuse "cargo is missing: install Rust first"
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
        refuse "rustfmt or clippy is missing: rustup component add rustfmt clippy"
    command -v cc >/dev/null || install_packages gcc libc6-dev
    find_postgres
    if [ -z "$postgres_bin" ]; then
        install_packages postgresql
        find_postgres
        [ -n "$postgres_bin" ] || refuse "PostgreSQL 15 or later is needed, and this system has none"
    fi
}

# ---------------------------------------------------------------------------- PostgreSQL

# initdb refuses to be root: then the account that the package made does it.
as_postgres() {
    if is_root; then (cd / && runuser -u postgres -- "$@"); else (cd / && "$@"); fi
}

cluster=
stop_everything() {
    local code=$?
    trap - EXIT INT TERM HUP
    if [ -n "$cluster" ]; then
        if [ -f "$cluster/data/postmaster.pid" ]; then
            as_postgres "$postgres_bin/pg_ctl" stop -s -w -m immediate -D "$cluster/data" || true
        fi
        rm -rf "$cluster"
    fi
    exit "$code"
}
trap stop_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Durability is off in this cluster, because no test takes the power from PostgreSQL, and without
# it a database per test is made in half the time. Crash tests kill Respite, not the database.
# /tmp and not $TMPDIR: the account postgres must be able to enter, and socket paths are short.
start_postgres() {
    cluster=$(mktemp -d /tmp/respite-test.XXXXXX)
    if is_root; then chown postgres "$cluster"; fi
    as_postgres "$postgres_bin/initdb" -D "$cluster/data" -U respite -E UTF8 --locale=C \
        --auth=trust --no-sync >"$cluster/initdb.log" 2>&1 ||
        { cat "$cluster/initdb.log" >&2; refuse "initdb failed"; }
    as_postgres tee -a "$cluster/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = '$cluster'
max_connections = 300
fsync = off
full_page_writes = off
SETTINGS
    local port
    for _ in 1 2 3 4 5 6 7 8; do
        # Below the range from which the system gives ports to outgoing connections.
        port=$((15000 + RANDOM % 15000))
        if as_postgres "$postgres_bin/pg_ctl" start -s -w -t 60 -D "$cluster/data" \
            -l "$cluster/log" -o "-p $port" </dev/null >/dev/null 2>&1; then
            # Some tests kill a server, or run a pair of them: they start their own.
            export RESPITE_TEST_POSTGRES_BIN="$postgres_bin"
            export TEST_POSTGRES_URL="postgres://respite@127.0.0.1:$port/postgres"
            return
        fi
        grep -q 'could not bind\|Address already in use' "$cluster/log" || break
    done
    cat "$cluster/log" >&2 || true
    refuse "PostgreSQL did not start"
}

# ---------------------------------------------------------------------------- Python

# An independent reader of FHIR, for the test of `questionnaires export`; schemathesis, which makes
# up requests from the API's document; numpy, for the second implementation of the trend method.
prepare_python() {
    local home="${CARGO_TARGET_DIR:-target}/test-python"
    mkdir -p "$home"
    home=$(cd "$home" && pwd)
    if ! cmp -s tests/requirements.txt "$home/installed.txt" ||
        ! "$home/bin/python" -c 'import fhir.resources, numpy, schemathesis' 2>/dev/null; then
        rm -rf "$home"
        local python=python3
        if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
            install_packages python3 python3-venv
            python=/usr/bin/python3
        fi
        "$python" -m venv "$home"
        "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
            -r tests/requirements.txt </dev/null
        cp tests/requirements.txt "$home/installed.txt"
    fi
    export RESPITE_TEST_PYTHON="$home/bin/python"
}

# ---------------------------------------------------------------------------- steps

report=
step() {
    local name=$1 began=$SECONDS
    shift
    say "$name"
    "$@"
    local line
    line=$(awk -v s=$((SECONDS - began)) -v name="$name" 'BEGIN { printf "%6.1f min  %s", s / 60, name }')
    report+="$line"$'\n'
    printf '%s\n' "$line"
}

documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked; }

step "packages" check_tools
step "PostgreSQL ($(basename "$(dirname "$postgres_bin")"))" start_postgres
step "Python with schemathesis, numpy and a reader of FHIR" prepare_python

if [ $# -gt 0 ]; then
    say "$*"
    "$@"
    exit
fi

# The licence test looks at the dependencies of every platform, so fetch them all at once.
step "fetch" cargo fetch --locked
step "format" cargo fmt --check
step "clippy" cargo clippy --all-targets --locked -- -D warnings
step "documentation" documentation
step "tests on SQLite and PostgreSQL" cargo test --locked

say "all passed"
printf '%s' "$report"
awk -v s=$SECONDS 'BEGIN { printf "%6.1f min  in total\n", s / 60 }'
