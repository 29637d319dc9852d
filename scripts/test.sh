#!/usr/bin/env bash
# Runs the tests and ends with one line, `N passed, N failed`, over all of them:
#   test.sh quick         the Rust tests, on SQLite and PostgreSQL
#   test.sh all           the Rust tests, then the browser tests
#   test.sh e2e [NAME]    the browser tests whose file name holds NAME
. "$(dirname "$0")/environment.sh"

what=${1:-all}
only=${2:-}
scripts/setup-tests.sh
. scripts/environment.sh
export HAWSER_TEST_BAO=$PWD/.cache/bin/bao
export HAWSER_BAO_BINARY=$HAWSER_TEST_BAO
export HAWSER_TEST_MOTO=$PWD/.cache/moto

mkdir -p .cache/results
passed=0
failed=0

# count PASSED FAILED STATUS: what a runner counted; a runner that failed without counting a
# failure, or that ran nothing, is a failure of its own.
count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    if [ "$2" = 0 ] && { [ "$3" != 0 ] || [ "$1" = 0 ]; }; then
        failed=$((failed + 1))
    fi
}

# rust NAME COMMAND…
rust() {
    local log=.cache/results/$1.log status=0
    shift
    "$@" 2>&1 | tee "$log" || status=$?
    local sums
    sums=$(awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1) } }
        END { print p + 0, f + 0 }' "$log")
    # shellcheck disable=SC2086
    count $sums "$status"
}

# What the Rust tests are made of. The server that the browser tests run against is among it: building it by
# itself would choose other features and compile half of its dependencies again.
tested="--workspace --exclude browser --exclude benches"

rust_tests() {
    step "Rust tests"
    # shellcheck disable=SC2086
    rust rust scripts/with-postgres.sh $CARGO test --locked --no-fail-fast $tested
}

browser_tests() {
    step "Building what the browser tests run against"
    # shellcheck disable=SC2086
    if ! { $CARGO xtask bundle && $CARGO test --locked --no-run $tested; }; then
        count 0 1 1
        return
    fi
    step "Browser tests"
    local status=0 results=end2end/results/report.json
    rm -f "$results"
    (cd end2end && HAWSER_TEST_SERVER=$TARGET_DIR/debug/hawser-server npx --no-install playwright test $only) || status=$?
    local sums
    sums=$(node --print 'const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).stats;
        `${s.expected} ${s.unexpected + s.flaky + s.skipped}`' "$results" 2>/dev/null) || sums="0 0"
    # shellcheck disable=SC2086
    count $sums "$status"
}

case $what in
    quick) rust_tests ;;
    e2e) browser_tests ;;
    all)
        rust_tests
        browser_tests
        ;;
    *) fail "test.sh knows quick, all and e2e" ;;
esac

printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
