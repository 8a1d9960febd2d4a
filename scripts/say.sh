# Words and time for the other scripts (sourced, never run): how they speak, how they stop, how they measure their steps.
# shellcheck shell=bash

# shellcheck disable=SC2034 # used by the scripts that source this one
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() {
  printf '\n\033[1m%s\033[0m\n' "$*" >&2
}

# Says what is wrong and what to do about it, and ends.
stop() {
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit 1
}

# step NAME COMMAND… runs the command and remembers how long it took; a failure ends the script with the times so far.
step_names=()
step_seconds=()
step() {
  local name="$1" began=$SECONDS code=0
  shift
  say "$name"
  "$@" || code=$?
  step_names+=("$name")
  step_seconds+=($((SECONDS - began)))
  if ((code != 0)); then
    times
    stop "Failed: $name"
  fi
}

times() {
  local index
  printf '\n%-34s %s\n' "step" "time"
  for index in "${!step_names[@]}"; do
    printf '%-34s %2d min %02d s\n' "${step_names[$index]}" $((step_seconds[index] / 60)) $((step_seconds[index] % 60))
  done
  printf '%-34s %2d min %02d s\n' "all" $((SECONDS / 60)) $((SECONDS % 60))
}
