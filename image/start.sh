#!/bin/bash
# npm start: installs, builds, starts server and agent in the background, installs the starter package, says where everything is.
# Changes nothing that is already right. FREEHOLD_DATA (default /var/lib/freehold) is the folder for everything.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "npm start needs root: containers, mounts and packet rules are its work" >&2; exit 1; }
data=${FREEHOLD_DATA:-/var/lib/freehold}
listen=${FREEHOLD_LISTEN:-0.0.0.0:6443}
bash image/install-debian.sh run build
bash image/build.sh
export PATH="$PWD/node_modules/.bin:$PATH"
exec node --conditions=@freehold/source image/start.ts --data "$data" --listen "$listen"
