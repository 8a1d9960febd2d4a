#!/usr/bin/env bash
# Everything that must hold: format, lints, every Rust test (both databases), the official vendor client, the journeys in a real browser.
# Does its own set-up. Prints the time of each step, and last the closing lines of the test runners.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"
cd "$root"

closing="$(mktemp "${TMPDIR:-/tmp}/vestibule-closing-XXXXXX")"
log="$(mktemp "${TMPDIR:-/tmp}/vestibule-log-XXXXXX")"
cleanup() {
  # After a failure too, the last words are the runners' own.
  cat "$closing"
  scripts/pg.sh stop "${VESTIBULE_TEST_PG_DIR:-}" || true
  rm -f "$closing" "$log"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

target="${CARGO_TARGET_DIR:-$root/target}"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"

# system and postgres set variables for the later steps, so they run in this shell.
system() {
  local settings
  settings="$(scripts/system.sh)" || return 1
  eval "$settings"
}
postgres() {
  local settings
  settings="$(scripts/pg.sh start)" || return 1
  eval "$settings"
}

binary() {
  cargo build --locked -p vestibule || return 1
  export VESTIBULE_BIN="$target/debug/vestibule"
  # The simulated Kisi by itself, for the vendor's own client.
  cargo build --locked -p simulators --example kisi || return 1
  export SIM_BIN="$target/debug/examples/kisi"
  # The simulated Tapkey and Salto KS by themselves, for an independent OAuth client.
  cargo build --locked -p simulators --example tapkey --example salto || return 1
  export TAPKEY_SIM_BIN="$target/debug/examples/tapkey" SALTO_SIM_BIN="$target/debug/examples/salto"
}

# closing_lines PATTERN COMMAND…: shows the output as it comes and keeps the runner's last words for the end.
closing_lines() {
  local pattern="$1" code=0
  shift
  "$@" 2>&1 | tee "$log" || code=$?
  grep -E "$pattern" "$log" >>"$closing" || true
  return "$code"
}

rust_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    closing_lines '^ *Summary \[' cargo nextest run --locked --workspace --no-fail-fast
  else
    closing_lines '^test result:' cargo test --locked --workspace --no-fail-fast
  fi
}

node_tests() {
  local folder="$1"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) || return 1
  closing_lines '^(#|ℹ) (tests|pass|fail|skipped) ' npm --prefix "$folder" test
}

step "Tools" scripts/need.sh
step "System packages" system
step "Pages' assets" scripts/assets.sh
step "Format" cargo fmt --all --check
step "Lints" cargo clippy --locked --workspace --all-targets -- -D warnings
step "The binary" binary
step "Temporary PostgreSQL" postgres
step "Rust tests" rust_tests
for folder in e2e/kisi-client e2e/oauth-client e2e; do
  if [[ -f "$folder/package.json" ]]; then
    step "Node tests in $folder" node_tests "$folder"
  fi
done

times
printf '\n'
