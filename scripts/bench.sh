#!/usr/bin/env bash
# Runs the benchmarks in the release profile, against the release server: all of them, or those that are named.
. "$(dirname "$0")/environment.sh"

scripts/build.sh
. scripts/environment.sh
# The page of SvelteKit that ours is compared with, on its own Node.
(cd benches/sveltekit && npm ci --no-audit --no-fund --loglevel=error && PATH=$PWD/node_modules/.bin:$PATH npm run --silent build >/dev/null)
export HAWSER_ASSETS=${HAWSER_ASSETS:-$PWD/dist}
export HAWSER_BAO_BINARY=${HAWSER_BAO_BINARY:-$PWD/.cache/bin/bao}
exec $CARGO run --locked --release --package benches -- "$@"
