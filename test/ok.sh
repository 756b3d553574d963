#!/bin/bash
# npm run ok: the quick inner gate. Format, lint, types, unit tests, dead code.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
oxfmt --check
oxlint --type-aware --quiet
tsc -b
FREEHOLD_TESTS=quick vitest run --reporter=dot
knip
