#!/bin/bash
# npm test: everything CI runs. Installs what the tests need, builds, and prints counts at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
bash image/install-debian.sh run build test || exit 1
bash image/build.sh || exit 1
export PATH="$PWD/node_modules/.bin:$PATH"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed=0
step() {
  local name=$1
  shift
  local began=$SECONDS
  echo "== $name"
  if "$@"; then echo "== $name: ok ($((SECONDS - began)) s)"; else echo "== $name: FAILED ($((SECONDS - began)) s)"; failed=1; fi
}
report() { echo --reporter=default --reporter=json "--outputFile.json=$results/$1.json"; }

step format oxfmt --check
step lint oxlint --type-aware --quiet
step "dead code" knip
# shellcheck disable=SC2046
step "unit, conformance, interop" vitest run $(report unit)
# Packing needs the Debian mirror, which the tests' own network namespaces cannot reach.
step "starter packages" node --conditions=@freehold/source manifests/packages/pack.ts .freehold/packages
if [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2046
  step privileged test/privileged/run.sh $(report privileged)
  # shellcheck disable=SC2046
  step "end to end" test/envelope.sh vitest run --config test/e2e/vitest.config.ts $(report e2e)
else
  echo "== privileged and end-to-end tests need root"
  failed=1
fi
node test/count.ts "$results"/*.json || failed=1
exit "$failed"
