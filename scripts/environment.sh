# shellcheck shell=bash disable=SC2034
# Read by every script: the project's root, the cargo to use, and how to say things.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Written by scripts/wasm-toolchain.sh: which cargo has the WebAssembly target, and its linker.
if [ -f .cache/cargo-env ]; then
    set -a
    # shellcheck source=/dev/null
    . .cache/cargo-env
    set +a
fi
CARGO=${CARGO_COMMAND:-cargo}
TARGET_DIR=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-target}")

step() {
    printf '\033[1m▸ %s\033[0m\n' "$*" >&2
}

fail() {
    printf '\033[31m✗ %s\033[0m\n' "$*" >&2
    exit 1
}
