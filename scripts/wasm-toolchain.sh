#!/usr/bin/env bash
# Finds or makes a Rust compiler with the wasm32-unknown-unknown target, and writes which cargo that
# is to .cache/cargo-env. First rustup; where its servers cannot be reached, Debian's packages, whose
# source builds the standard library for WebAssembly once.
. "$(dirname "$0")/environment.sh"
. scripts/packages.sh

target=wasm32-unknown-unknown

# has_target [+TOOLCHAIN]
has_target() {
    local folder
    folder=$(rustc "$@" --print target-libdir --target "$target" 2>/dev/null) &&
        compgen -G "$folder/libstd-*.rlib" >/dev/null
}

remember() {
    printf '%s\n' "$@" | cmp --silent - .cache/cargo-env || printf '%s\n' "$@" >.cache/cargo-env
}

remember_debian() {
    remember "CARGO_COMMAND='cargo${1:+ $1}'" "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker"
}

debian_linker() {
    find /usr/bin -name 'wasm-ld-[0-9]*' -printf '%f\n' 2>/dev/null | sort --version-sort | tail -n 1
}

mkdir -p .cache

# Debian's compiler was chosen before and is still whole.
if [[ $CARGO == "cargo +debian" ]] && has_target +debian; then
    exit
fi
if [ "${HAWSER_WASM_TOOLCHAIN:-}" != debian ]; then
    # Debian's own rustc without rustup finds its target here too, and needs its linker.
    if has_target; then
        if [[ $(command -v rustc) == /usr/bin/rustc ]]; then
            linker=$(debian_linker)
            remember_debian ""
        else
            remember "CARGO_COMMAND=cargo"
        fi
        exit
    fi
    if command -v rustup >/dev/null; then
        step "Adding the WebAssembly target"
        if timeout 300 rustup target add "$target" >.cache/rustup.log 2>&1 && has_target; then
            remember "CARGO_COMMAND=cargo"
            exit
        fi
        step "rustup could not add it (see .cache/rustup.log); taking Debian's compiler instead"
    fi
fi

need_packages rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22
linker=$(debian_linker)
[ -n "$linker" ] || fail "wasm-ld is missing although lld is installed."
toolchain=""
if command -v rustup >/dev/null; then
    rustup toolchain link debian /usr || fail "rustup could not link Debian's compiler"
    toolchain=+debian
elif [[ $(command -v rustc) != /usr/bin/rustc ]]; then
    fail "$(command -v rustc) hides Debian's compiler in /usr/bin and cannot build for $target."
fi

if ! has_target $toolchain; then
    step "Building Rust's standard library for WebAssembly (once, about a minute)"
    work=$(mktemp --directory)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/src"
    : >"$work/src/lib.rs"
    printf '%s\n' '[package]' 'name = "empty"' 'version = "0.0.0"' 'edition = "2024"' '[profile.release]' \
        'panic = "abort"' '[workspace]' >"$work/Cargo.toml"
    # The bundle is linked with LTO, which needs bitcode in the libraries.
    (cd "$work" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker CARGO_TARGET_DIR=$work/target \
        cargo $toolchain build --release --quiet -Zbuild-std=std,panic_abort,panic_unwind --target "$target") ||
        fail "The standard library could not be built for $target"
    folder=$(rustc $toolchain --print target-libdir --target "$target")
    as_root mkdir -p "$folder"
    for library in "$work/target/$target/release/deps"/*.rlib; do
        [[ $(basename "$library") == libempty-* ]] || as_root cp "$library" "$folder/"
    done
    has_target $toolchain || fail "The standard library for $target was not found in $folder"
fi
remember_debian "$toolchain"
