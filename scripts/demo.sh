#!/usr/bin/env bash
# Everything from a fresh checkout to a running coworking space: tools, pages, release build, demo. Arguments go to `vestibule demo`.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"
cd "$root"

scripts/need.sh
scripts/assets.sh
say "Building Vestibule (a few minutes the first time)"
cargo build --locked --release -p vestibule
exec "${CARGO_TARGET_DIR:-$root/target}/release/vestibule" demo "$@"
