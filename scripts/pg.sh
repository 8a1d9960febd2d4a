#!/usr/bin/env bash
# A temporary PostgreSQL cluster for tests: own folder, own port on loopback, gone afterwards.
#   scripts/pg.sh run -- COMMAND…   starts one, runs the command with VESTIBULE_TEST_PG set, removes it whatever happens
#   eval "$(scripts/pg.sh start)"   starts one and sets VESTIBULE_TEST_PG and VESTIBULE_TEST_PG_DIR
#   scripts/pg.sh stop [DIR]        removes it again
# Durability settings stay as they are by default, because Vestibule checks them at its start.
set -euo pipefail
# shellcheck source=scripts/say.sh
source "$(dirname "${BASH_SOURCE[0]}")/say.sh"

if [[ -z "${PG_BIN:-}" ]]; then
  PG_BIN="$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)"
fi
[[ -x "$PG_BIN/initdb" ]] || stop "No PostgreSQL server binaries. Run scripts/system.sh, or set PG_BIN to the folder of initdb."
pg_user="${VESTIBULE_TEST_PG_USER:-$(id postgres >/dev/null 2>&1 && echo postgres || echo nobody)}"

# PostgreSQL refuses to run as root.
as_owner() {
  if ((EUID == 0)); then
    setpriv --reuid="$pg_user" --regid="$(id -g "$pg_user")" --clear-groups -- "$@"
  else
    "$@"
  fi
}

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

start() {
  local dir port attempt
  dir="$(mktemp -d "${TMPDIR:-/tmp}/vestibule-pg-XXXXXX")"
  if ((EUID == 0)); then chown "$pg_user" "$dir"; fi
  (
    cd "$dir"
    export LC_ALL=C TZ=UTC
    as_owner "$PG_BIN/initdb" -D "$dir/data" -U vestibule -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$dir/initdb.out" 2>&1
  ) || stop "initdb failed:" "$(cat "$dir/initdb.out")"
  # Somebody may take the free port in between; then the next one.
  for attempt in 1 2 3; do
    port="$(free_port)"
    if (
      cd "$dir"
      as_owner "$PG_BIN/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" -o \
        "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 -c shared_buffers=128MB" start >/dev/null
    ); then
      printf 'export VESTIBULE_TEST_PG=%q\nexport VESTIBULE_TEST_PG_DIR=%q\n' "postgres://vestibule@127.0.0.1:$port/postgres" "$dir"
      return
    fi
    say "PostgreSQL did not start (try $attempt of 3)."
  done
  tail -n 20 "$dir/data/server.log" >&2 || true
  finish "$dir"
  stop "The temporary PostgreSQL could not be started."
}

finish() {
  local dir="$1"
  [[ "$dir" == */vestibule-pg-* && -d "$dir" ]] || return 0
  # Also fine when it is down already: what counts is that the folder goes.
  (cd "$dir" && as_owner "$PG_BIN/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$dir"
}

case "${1:-}" in
  start)
    start
    ;;
  stop)
    finish "${2:-${VESTIBULE_TEST_PG_DIR:-}}"
    ;;
  run)
    shift
    [[ "${1:-}" != "--" ]] || shift
    (($# > 0)) || stop "Which command? scripts/pg.sh run -- COMMAND…"
    settings="$(start)"
    eval "$settings"
    trap 'finish "$VESTIBULE_TEST_PG_DIR"' EXIT
    trap 'exit 130' INT TERM
    "$@"
    ;;
  *)
    stop "Usage: scripts/pg.sh start | stop [DIR] | run -- COMMAND…"
    ;;
esac
