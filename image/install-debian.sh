#!/bin/bash
# Installs the missing ones of image/debian-packages.txt, of the groups given: run build test. Needs root only when some miss.
set -euo pipefail
list=$(dirname "$0")/debian-packages.txt
missing=()
for group in "$@"; do
  while read -r package unless program; do
    [ "$unless" = unless ] && command -v "$program" > /dev/null && continue
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done < <(sed -n "s/^$group //p" "$list")
done
[ "${#missing[@]}" = 0 ] && exit 0
if [ "$(id -u)" != 0 ]; then
  echo "Debian packages are missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Mirrors that do not answer are given up soon, and another apt is waited for, not run into.
options=(-o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Acquire::Retries=1 -o DPkg::Lock::Timeout=120)
apt-get update -qq "${options[@]}"
apt-get install -y -qq "${options[@]}" --no-install-recommends "${missing[@]}" > /dev/null
