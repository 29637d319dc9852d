#!/usr/bin/env bash
# Installs what the tests need on top of `make setup`: a browser, a registry, PostgreSQL, moto.
. "$(dirname "$0")/environment.sh"
. scripts/packages.sh

scripts/setup.sh
need_packages chromium docker-registry postgresql apache2-utils openssl git fonts-dejavu-core

for program in chromium docker-registry htpasswd openssl git; do
    command -v "$program" >/dev/null || fail "$program is missing although its package is installed."
done
postgres_bin=$(find /usr/lib/postgresql -maxdepth 3 -name initdb -printf '%h\n' 2>/dev/null | sort --version-sort | tail -n 1)
[ -n "$postgres_bin" ] || fail "initdb is missing although postgresql is installed."

[ "$(node --print 'process.versions.node.split(".")[0] >= 20')" = true ] ||
    fail "Playwright needs Node 20 or newer; this is $(node --version)."
if ! cmp --silent end2end/package-lock.json end2end/node_modules/installed.json; then
    step "Installing Playwright, axe and what reads SOPS files back"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix end2end --ignore-scripts --loglevel=error >&2 ||
        fail "npm could not install the packages of end2end"
    cp end2end/package-lock.json end2end/node_modules/installed.json
fi

# moto plays Amazon ECR and STS; botocore in the same place checks signatures.
if ! cmp --silent scripts/moto.txt .cache/moto/installed.txt || [ ! -x .cache/moto/bin/moto_server ]; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || need_packages python3 python3-venv
    step "Installing moto"
    rm -rf .cache/moto
    python3 -m venv .cache/moto || fail "python3 could not make .cache/moto"
    .cache/moto/bin/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes \
        --requirement scripts/moto.txt || fail "pip could not install moto"
    cp scripts/moto.txt .cache/moto/installed.txt
fi
