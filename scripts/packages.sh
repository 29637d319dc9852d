# shellcheck shell=bash
# Debian packages: `need_packages PACKAGE…` installs those that are missing.

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

as_root() {
    if [ "$(id --user)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "Needs root or sudo: $*"
    fi
}

# Debian starts a service as soon as its package is there; the tests start their own.
without_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    "$@" || status=$?
    as_root rm -f "$policy"
    return "$status"
}

need_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" = 0 ] && return
    command -v apt-get >/dev/null || fail "Missing, and not installable here without apt-get: ${missing[*]}"
    step "Installing Debian packages: ${missing[*]}"
    local log=.cache/apt.log
    mkdir -p .cache
    if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' -mtime -7 -print -quit 2>/dev/null)" ]; then
        as_root apt-get update >"$log" 2>&1 || fail "apt-get update failed; see $log"
    fi
    if ! apt_install "$log" "${missing[@]}"; then
        as_root apt-get update >>"$log" 2>&1 || true
        apt_install "$log" "${missing[@]}" || fail "apt-get could not install ${missing[*]}; see $log"
    fi
}

apt_install() {
    local log=$1
    shift
    without_services as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$@" >>"$log" 2>&1
}
