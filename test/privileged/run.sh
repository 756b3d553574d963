#!/bin/bash
# Runs the tests that need root, in mount and network namespaces of their own and below a cgroup folder of their own.
# Afterwards it looks whether anything is left on the machine, removes it, and fails if there was.
# usage: test/privileged/run.sh [vitest arguments]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"

inside() {
  set -e
  mount --make-rprivate /
  # LXC reads the subordinate ids when newuidmap is to be found; nothing of ours needs them.
  printf 'root:100000:1000000000\n' > "$FREEHOLD_SCRATCH/subid"
  for file in /etc/subuid /etc/subgid; do [ -e "$file" ] && mount --bind "$FREEHOLD_SCRATCH/subid" "$file"; done
  # /sys shows the links of the network namespace that mounted it.
  mkdir "$FREEHOLD_SCRATCH/cgroup"
  mount --rbind /sys/fs/cgroup "$FREEHOLD_SCRATCH/cgroup"
  mount -t sysfs sysfs /sys
  mount --rbind "$FREEHOLD_SCRATCH/cgroup" /sys/fs/cgroup
  ip link set lo up
  stat -Lc %i /proc/self/ns/net > "$FREEHOLD_SCRATCH/netns"
  cd "$root"
  exec vitest run --config "$here/vitest.config.ts" "$@"
}

cgroup_folders() {
  find /sys/fs/cgroup -depth -type d -path "*/$FREEHOLD_CGROUP*" 2>/dev/null
}

# Processes that still live in the tests' network namespace or cgroups.
processes() {
  local netns
  netns=$(cat "$FREEHOLD_SCRATCH/netns" 2>/dev/null || echo none)
  for folder in $(cgroup_folders); do cat "$folder/cgroup.procs" 2>/dev/null; done
  for namespace in /proc/[0-9]*/ns/net; do
    [ "$(stat -Lc %i "$namespace" 2>/dev/null)" = "$netns" ] && echo "$namespace" | cut -d/ -f3
  done
}

# The kernel takes a moment to bury what has ended.
settled() {
  for _ in $(seq 100); do
    [ -z "$("$1")" ] && return 0
    sleep 0.05
  done
  return 1
}

if [ "${1:-}" = --inside ]; then
  shift
  inside "$@"
fi

[ "$(id -u)" = 0 ] || { echo "Cannot run the privileged tests: not root" >&2; exit 1; }
export FREEHOLD_CGROUP="freehold-test-$$"
FREEHOLD_SCRATCH=$(mktemp -d /var/tmp/freehold-test.XXXXXX)
# The root of a container looks its root filesystem up from here.
chmod 711 "$FREEHOLD_SCRATCH"
export FREEHOLD_SCRATCH
mounts_before=$(wc -l < /proc/self/mountinfo)
links_before=$(ls /sys/class/net | sort)

unshare -m -n --propagation private "$0" --inside "$@"
status=$?

left=0
report() { echo "Left behind: $1" >&2; left=1; }
if ! settled processes; then
  for pid in $(processes | sort -u); do
    report "process $pid $(tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null)"
    kill -9 "$pid" 2>/dev/null
  done
  settled processes
fi
if [ -n "$(cgroup_folders)" ]; then
  # The parent itself is ours to remove; anything below it is not.
  for folder in $(cgroup_folders); do
    case "$folder" in */"$FREEHOLD_CGROUP") ;; *) report "cgroup $folder" ;; esac
    rmdir "$folder" 2>/dev/null
  done
fi
[ "$(wc -l < /proc/self/mountinfo)" = "$mounts_before" ] || report "mounts in this namespace"
[ "$(ls /sys/class/net | sort)" = "$links_before" ] || report "links in this namespace"
loops_as_before() { [ "$(losetup -n -l 2>/dev/null | grep -c "$FREEHOLD_SCRATCH")" = 0 ] || echo loop; }
settled loops_as_before || report "loop devices"
rm -rf --one-file-system "$FREEHOLD_SCRATCH"
[ "$left" = 0 ] || exit 1
exit "$status"
