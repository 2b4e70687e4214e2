#!/usr/bin/env bash
# How long from `git clone` to the first page, and from a later start: bench/clone_to_first_page.sh [PORT]
# A fresh clone in a temporary folder, with an empty home, an empty download cache, and no Node.js unless WITH_NODE=1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
port=${1:-8765}
folder=$(mktemp -d)
tools="$folder/path"
mkdir -p "$tools" "$folder/home"
for tool in /usr/bin/* /bin/*; do
  name=${tool##*/}
  case "$name" in node | npm | npx | corepack) [ "${WITH_NODE:-}" = 1 ] || continue ;; esac
  ln -sf "$tool" "$tools/$name"
done

server=
stop() { [ -z "$server" ] || { kill -TERM "-$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; }; }
trap 'stop; rm -rf "$folder"' EXIT

measure() { # measure NAME: seconds until the first page answers
  local started
  started=$(date +%s.%N)
  cd "$folder"
  [ -d fumikura ] || git clone -q "$here" fumikura
  cd fumikura
  setsid env -i PATH="$tools" HOME="$folder/home" LANG=C.UTF-8 PORT="$port" bin/dev >"$folder/said" 2>&1 &
  server=$!
  until curl -sf -o "$folder/page" "http://127.0.0.1:$port${PAGE:-/}"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/said" >&2; exit 1; }
    sleep 0.05
  done
  awk -v name="$1" -v from="$started" -v to="$(date +%s.%N)" 'BEGIN { printf "%-22s%6.1f s\n", name, to - from }'
  stop
}

measure "clone to first page"
measure "a later start"
