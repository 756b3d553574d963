#!/bin/bash
# Builds what runs: npm packages by lockfile, TypeScript, the bundles of the daemons, the image of all containers. Does only what is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."
# npm writes this file last, so it says that an install was finished, and of which lockfile.
if [ ! -x node_modules/node/bin/node ] || [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "Installing npm packages"
  # Not `npm ci`: it refuses a lockfile from which a registry left out bindings of other platforms. This too takes the
  # versions of the lockfile, and writes neither it nor package.json.
  npm install --no-save --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
export PATH="$PWD/node_modules/.bin:$PATH"
tsc -b
node --conditions=@freehold/source image/bundle.ts
image=runtime/dist/runtime.erofs
newer() { find runtime sdk/package apis native/start-container package-lock.json -newer "$image" -type f -not -path '*/dist/*' -not -path '*/node_modules/*' -not -name '*.test.ts' | grep -q .; }
if [ ! -e "$image" ] || newer; then
  echo "Building the image of all containers"
  node --conditions=@freehold/source runtime/image.ts "$image.new.erofs"
  mv "$image.new.erofs" "$image"
fi
