#!/usr/bin/env bash
# Builds what pages load (crates/web/assets/dist): packages again only when the lock file changed, the build only when a source did.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

assets="$root/crates/web/assets"
cd "$assets"

packages_now="$(cat package.json package-lock.json | sha256sum)"
packages_stamp="node_modules/.vestibule-packages"
if [[ ! -f "$packages_stamp" || "$(cat "$packages_stamp")" != "$packages_now" ]]; then
  say "Packages of the pages"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$packages_now" >"$packages_stamp"
fi

sources_now="$(
  { find css js static ../templates -type f -print0; printf '%s\0' build.mjs contrast.mjs icons.json package-lock.json; } |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
)"
sources_stamp="node_modules/.vestibule-sources"
if [[ ! -f dist/version.txt || ! -f "$sources_stamp" || "$(cat "$sources_stamp")" != "$sources_now" ]]; then
  say "Look of the pages"
  npm run --silent build
  printf '%s' "$sources_now" >"$sources_stamp"
fi
