#!/usr/bin/env bash
# Measures the product against its peers in one run and prints the ratios (bench/README.md says how to read them).
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"
cd "$root"

scripts/need.sh
scripts/assets.sh
cargo bench --locked -p suite --bench scorecard "$@"
