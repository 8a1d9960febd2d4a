#!/usr/bin/env bash
# Pictures of every page, phone and desk, light and dark, into screenshots/ (not committed), from the demo world.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"
cd "$root"

scripts/need.sh
settings="$(scripts/system.sh)"
eval "$settings"
scripts/assets.sh
cargo build --locked -p vestibule
export VESTIBULE_BIN="${CARGO_TARGET_DIR:-$root/target}/debug/vestibule"
cd e2e
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
npm run --silent shots -- "$@"
