#!/usr/bin/env bash
# Runs the benchmarks in the release profile, against the release server.
. "$(dirname "$0")/environment.sh"

scripts/build.sh
. scripts/environment.sh
export HAWSER_ASSETS=${HAWSER_ASSETS:-$PWD/dist}
export HAWSER_BAO_BINARY=${HAWSER_BAO_BINARY:-$PWD/.cache/bin/bao}
exec $CARGO run --locked --release --package benches
