#!/usr/bin/env bash
# Says exactly which tools are missing or too old, all at once; silent and successful when nothing is.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

missing=()

# at_least HAVE WANT: is version HAVE the same as WANT or newer?
at_least() {
  [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]
}

rust_wanted="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"
if ! command -v cargo >/dev/null; then
  missing+=("cargo (Rust $rust_wanted or newer): install it with rustup, see the Rust project's page.")
else
  rust_found="$(rustc --version | cut -d ' ' -f 2)"
  at_least "$rust_found" "$rust_wanted" || missing+=("Rust $rust_wanted or newer (found $rust_found): rustup update stable")
fi

if ! command -v node >/dev/null; then
  missing+=("Node.js 20 or newer: on Debian 13 or later, apt-get install nodejs npm")
else
  node_found="$(node --version)"
  at_least "${node_found#v}" 20 || missing+=("Node.js 20 or newer (found ${node_found#v}).")
fi
command -v npm >/dev/null || missing+=("npm, which comes with Node.js: on Debian, apt-get install npm")
command -v cc >/dev/null || missing+=("a C compiler, for SQLite and the TLS library: on Debian, apt-get install build-essential")

if ((${#missing[@]} > 0)); then
  stop "Vestibule cannot be built here yet. Missing:" "${missing[@]/#/  - }"
fi
