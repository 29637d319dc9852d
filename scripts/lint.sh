#!/usr/bin/env bash
# What needs no test run: formatting, clippy for both halves, the types of the browser tests, walls.
. "$(dirname "$0")/environment.sh"

scripts/setup.sh
. scripts/environment.sh
step "Formatting"
$CARGO fmt --all --check
step "Clippy, server side"
# All in one run, so that what they share is checked once.
$CARGO clippy --locked --all-targets --workspace --exclude browser -- -D warnings
step "Clippy, browser side"
$CARGO clippy --locked --package browser --target wasm32-unknown-unknown -- -D warnings
step "Walls"
$CARGO xtask walls
if [ -x end2end/node_modules/.bin/tsc ]; then
    step "Types of the browser tests"
    npm run --silent --prefix end2end types
fi
