#!/bin/sh
# Builds start-container as a static program, so that it runs in any image. Usage: build.sh <output>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "${CC:-cc}" -std=gnu11 -O2 -s -static -Wall -Wextra -Wpedantic -Werror -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 \
  -ffile-prefix-map="$here=." -Wl,--build-id=none -o "$1" "$here"/*.c
