#!/usr/bin/env bash
# Сколько проходит от свежего клона с пустым кэшем npm до ArtStore ready, и сколько длится повторный запуск.
# В npm test не входит: качает зависимости заново. Запуск: tools/fresh-clone.sh
# Настройки npm этой машины (адрес реестра) сохраняются, кэш и домашняя папка — пустые.
set -euo pipefail

source_dir=$(git -C "$(dirname "$0")/.." rev-parse --show-toplevel)
work=$(mktemp -d)
userconfig=${NPM_CONFIG_USERCONFIG:-$(npm config get userconfig)}
launcher=

cleanup() {
  if [ -n "$launcher" ]; then kill -TERM "$launcher" 2>/dev/null || true; wait "$launcher" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

start_and_wait() {
  local log="$work/$1.log" limit="$2" started
  started=$(date +%s.%N)
  env -u LANG -u LC_ALL HOME="$work/home" NPM_CONFIG_USERCONFIG="$userconfig" npm_config_cache="$work/npm-cache" \
    ARTSTORE_PORT_SHIFT="${ARTSTORE_PORT_SHIFT:-12000}" npm start >"$log" 2>&1 </dev/null &
  launcher=$!
  until grep -q 'ArtStore ready' "$log"; do
    if ! kill -0 "$launcher" 2>/dev/null; then cat "$log"; echo "$1: стенд завершился"; exit 1; fi
    sleep 0.1
  done
  awk -v a="$started" -v b="$(date +%s.%N)" -v limit="$limit" -v name="$1" \
    'BEGIN { s = b - a; printf "%s: %.1f с (предел %d с) %s\n", name, s, limit, s <= limit ? "да" : "нет"; exit s > limit }'
}

# npm по SIGTERM уходит сразу, а стенд останавливается по порядку: конец — это когда не стало процесса из stand.json.
stop_and_wait() {
  local started stand
  started=$(date +%s.%N)
  stand=$(node -p 'JSON.parse(require("fs").readFileSync(".artstore/stand.json")).pid')
  kill -TERM "$launcher"
  wait "$launcher" || true
  while kill -0 "$stand" 2>/dev/null; do sleep 0.1; done
  launcher=
  awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { printf "остановка: %.1f с\n", b - a }'
}

mkdir -p "$work/home"
git clone --quiet "$source_dir" "$work/artstore"
cd "$work/artstore"
start_and_wait 'первый запуск' 180
stop_and_wait
start_and_wait 'повторный запуск' 8
stop_and_wait
