#!/bin/bash
# Runs a command in mount and network namespaces of its own, where it may make bridges, mounts and rules without touching the
# machine's. Cgroup folders are not covered by namespaces: whoever makes some removes them.
# usage: test/envelope.sh COMMAND...
set -euo pipefail

if [ "${1:-}" = --inside ]; then
  shift
  mount --make-rprivate /
  # LXC finds bridges in /sys/class/net, and /sys shows the links of the network namespace that mounted it.
  scratch=$(mktemp -d /run/envelope.XXXXXX)
  mount --rbind /sys/fs/cgroup "$scratch"
  mount -t sysfs sysfs /sys
  mount --rbind "$scratch" /sys/fs/cgroup
  umount -R -l "$scratch"
  rmdir "$scratch"
  ip link set lo up
  exec "$@"
fi
[ "$(id -u)" = 0 ] || { echo "Cannot make an envelope: not root" >&2; exit 1; }
exec unshare -m -n --propagation private "$0" --inside "$@"
