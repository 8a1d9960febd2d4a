#!/usr/bin/env bash
# Finds what the tests need of the system, PostgreSQL's server binaries and Chromium, and installs them when missing and permitted.
# Out: lines for `eval` that set PG_BIN, CHROMIUM and, for root, VESTIBULE_TEST_PG_USER. No service is started and no cluster is made.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# The folder with initdb of the newest server: PG_BIN if set, else Debian's place, else the PATH.
postgres_found() {
  local folder
  if [[ -n "${PG_BIN:-}" && -x "$PG_BIN/initdb" ]]; then
    printf '%s' "$PG_BIN"
    return
  fi
  folder="$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)"
  if [[ -n "$folder" && -x "$folder/initdb" && -x "$folder/postgres" ]]; then
    printf '%s' "$folder"
  elif command -v initdb >/dev/null; then
    dirname "$(readlink -f "$(command -v initdb)")"
  fi
}

chromium_found() {
  local name
  if [[ -n "${CHROMIUM:-}" && -x "$CHROMIUM" ]]; then
    printf '%s' "$CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then
      command -v "$name"
      return
    fi
  done
}

# as_root COMMAND…: as ourselves when root, else through sudo when it asks for no password.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}
permitted() {
  command -v apt-get >/dev/null && { ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; }
}

# install PACKAGE…: or says the command that would do it.
install_packages() {
  if ! command -v apt-get >/dev/null; then
    stop "The tests need PostgreSQL's server binaries (initdb, pg_ctl, postgres) and Chromium." \
      "This system has no apt-get: install both its own way, and set PG_BIN (folder of initdb) and CHROMIUM (the program) if they are not found."
  fi
  if ! permitted; then
    stop "The tests need packages that this account may not install. Run this, then try again:" \
      "  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
  fi
  say "Installing $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >&2
}

# Debian makes and starts a cluster with the server package, unless told beforehand. We only want the binaries.
no_cluster() {
  local conf=/etc/postgresql-common/createcluster.conf
  if [[ ! -e "$conf" ]] && permitted; then
    as_root mkdir -p "$(dirname "$conf")"
    printf 'create_main_cluster = false\n' | as_root tee "$conf" >/dev/null
  fi
}

wanted=()
[[ -n "$(postgres_found)" ]] || wanted+=(postgresql)
[[ -n "$(chromium_found)" ]] || wanted+=(chromium)
if ((${#wanted[@]} > 0)); then
  if permitted; then as_root apt-get update -qq >&2; fi
  if [[ " ${wanted[*]} " == *" postgresql "* ]]; then
    no_cluster
    # The versioned server package alone, where the lists name one.
    if command -v apt-cache >/dev/null; then
      server="$(apt-cache --names-only search '^postgresql-[0-9]+$' | cut -d ' ' -f 1 | sort -V | tail -n 1)"
      [[ -z "$server" ]] || wanted=("${wanted[@]/%postgresql/$server}")
    fi
  fi
  install_packages "${wanted[@]}"
fi

pg_bin="$(postgres_found)"
chromium="$(chromium_found)"
[[ -n "$pg_bin" ]] || stop "PostgreSQL was installed, but initdb is nowhere to be found. Set PG_BIN to its folder."
[[ -n "$chromium" ]] || stop "Chromium was installed, but is nowhere to be found. Set CHROMIUM to the program."

printf 'export PG_BIN=%q\n' "$pg_bin"
printf 'export CHROMIUM=%q\n' "$chromium"
# PostgreSQL refuses to run as root; the temporary cluster then belongs to somebody else.
if ((EUID == 0)); then
  if id postgres >/dev/null 2>&1; then user=postgres; else user=nobody; fi
  printf 'export VESTIBULE_TEST_PG_USER=%q\n' "$user"
fi
