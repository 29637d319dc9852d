#!/usr/bin/env bash
# The shipping build: the server in release, the bundle, and how large both are.
. "$(dirname "$0")/environment.sh"

scripts/setup.sh
. scripts/environment.sh
step "Building the browser's half"
sizes=$($CARGO xtask bundle --budget) && within=0 || within=$?
step "Building the server"
$CARGO build --locked --release --package server --bin hawser-server
printf '%s\n' "$sizes"
binary=$TARGET_DIR/release/hawser-server
printf 'server: %s MB in %s\n' "$(($(stat --format=%s "$binary") / 1000000))" "$binary"
exit "$within"
