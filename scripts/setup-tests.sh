#!/usr/bin/env bash
# Installs what the tests need on top of `make setup`: a browser, a registry, PostgreSQL.
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
    step "Installing Playwright and axe"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix end2end --ignore-scripts --loglevel=error >&2 ||
        fail "npm could not install Playwright"
    cp end2end/package-lock.json end2end/node_modules/installed.json
fi
