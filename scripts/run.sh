#!/usr/bin/env bash
# Builds what changed and becomes the server, so that Ctrl-C reaches it directly.
. "$(dirname "$0")/environment.sh"

scripts/setup.sh
. scripts/environment.sh
step "Building the browser's half"
$CARGO xtask bundle >&2
step "Building the server"
$CARGO build --locked --package server --bin hawser-server

export HAWSER_DATA_DIR=${HAWSER_DATA_DIR:-./data}
export HAWSER_ASSETS=${HAWSER_ASSETS:-./dist}
export HAWSER_BAO_BINARY=${HAWSER_BAO_BINARY:-$PWD/.cache/bin/bao}
step "Starting Hawser"
exec "$TARGET_DIR/debug/hawser-server"
