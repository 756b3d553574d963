#!/bin/bash
# npm start: installs, builds, starts server and agent in the background, installs the starter package, says where everything is.
# Changes nothing that is already right. FREEHOLD_DATA (default /var/lib/freehold) is the folder for everything.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "npm start needs root: containers, mounts and packet rules are its work" >&2; exit 1; }
data=${FREEHOLD_DATA:-/var/lib/freehold}
listen=${FREEHOLD_LISTEN:-0.0.0.0:6443}
# Without a network npm would try for many minutes.
export npm_config_fetch_timeout=${npm_config_fetch_timeout:-30000}
export npm_config_fetch_retries=${npm_config_fetch_retries:-2}
export npm_config_fetch_retry_mintimeout=${npm_config_fetch_retry_mintimeout:-1000}
export npm_config_fetch_retry_maxtimeout=${npm_config_fetch_retry_maxtimeout:-5000}

# step NAME WAITS-FOR WHAT-TO-DO COMMAND...: tells how long it took and, while it takes long, what it waits for.
step() {
  local name=$1 waits=$2 advice=$3 began=$SECONDS ticker status=0
  shift 3
  echo "== $name"
  (
    while sleep 10 > /dev/null 2>&1 < /dev/null; do
      echo "   still at it after $((SECONDS - began)) s, waiting for $waits"
    done
  ) &
  ticker=$!
  "$@" || status=$?
  kill "$ticker" 2> /dev/null || true
  wait "$ticker" 2> /dev/null || true
  if [ "$status" != 0 ]; then
    echo "== $name: failed after $((SECONDS - began)) s" >&2
    echo "   $advice; then run npm start again: it goes on where it stopped" >&2
    exit "$status"
  fi
  echo "== $name: $((SECONDS - began)) s"
}

step "Debian packages" "apt-get, which fetches from the mirrors of /etc/apt/sources.list" \
  "check that this machine reaches those mirrors (apt-get update)" bash image/install-debian.sh run build
step "npm packages and build" "npm, which fetches from its registry, or the compiler" \
  "check that this machine reaches npm's registry (npm ping), or a proxy of it" bash image/build.sh
export PATH="$PWD/node_modules/.bin:$PATH"
exec node --conditions=@freehold/source image/start.ts --data "$data" --listen "$listen"
