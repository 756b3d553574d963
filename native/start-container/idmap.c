#include "start-container.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ids a service container has. */
#define IDS 65536U
#define NOBODY IDS

/* Where each id on disk ends up: the maps are applied in order, each leaving ids outside its range alone. */
static unsigned *compose(const struct idmap *maps, size_t count) {
  unsigned *target = allocate(IDS * sizeof *target);
  for (unsigned id = 0; id < IDS; id++) {
    target[id] = id;
    for (size_t index = 0; index < count; index++) {
      const struct idmap map = maps[index];
      if (target[id] >= map.from && target[id] - map.from < map.range) target[id] += map.to - map.from;
    }
    if (target[id] >= IDS) target[id] = NOBODY;
  }
  return target;
}

/* The kernel wants one to one: of two ids on one target the remapped one wins, then the lower. */
static void settle(unsigned *target) {
  unsigned *owner = allocate(IDS * sizeof *owner);
  memset(owner, 0xff, IDS * sizeof *owner);
  for (int pass = 0; pass < 2; pass++) {
    for (unsigned id = 0; id < IDS; id++) {
      const bool remapped = target[id] != id;
      if (target[id] == NOBODY || remapped != (pass == 0)) continue;
      if (owner[target[id]] == ~0U) owner[target[id]] = id;
    }
  }
  for (unsigned id = 0; id < IDS; id++) {
    if (target[id] != NOBODY && owner[target[id]] != id) target[id] = NOBODY;
  }
  free(owner);
}

/* Lines of /proc/PID/uid_map: id on disk, id as mounted, length. */
static char *extents_of(const unsigned *target) {
  char *text = format_text("%s", "");
  for (unsigned id = 0; id < IDS;) {
    unsigned length = 1;
    while (target[id] != NOBODY && id + length < IDS && target[id + length] == target[id] + length) length++;
    if (target[id] != NOBODY) {
      char *longer = format_text("%s%u %u %u\n", text, id, target[id], length);
      free(text);
      text = longer;
    }
    id += length;
  }
  return text;
}

static void write_map(pid_t pid, const char *file, const char *text) {
  char *path = format_text("/proc/%d/%s", pid, file);
  const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  const ssize_t length = (ssize_t)strlen(text);
  if (descriptor < 0 || write(descriptor, text, (size_t)length) != length) fail_errno("Cannot write \"%s\"", path);
  close(descriptor);
  free(path);
}

int open_idmap(const struct idmap *maps, size_t count) {
  unsigned *target = compose(maps, count);
  settle(target);
  char *extents = extents_of(target);
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) fail_errno("Cannot make a pipe");
  const pid_t holder = fork();
  if (holder < 0) fail_errno("Cannot fork");
  if (holder == 0) {
    const char failed = unshare(CLONE_NEWUSER) < 0;
    if (write(ready[1], &failed, 1) == 1) pause();
    _exit(0);
  }
  char failed = 1;
  if (read(ready[0], &failed, 1) != 1 || failed) fail("Cannot make a user namespace for the id mapping");
  write_map(holder, "uid_map", extents);
  write_map(holder, "gid_map", extents);
  char *path = format_text("/proc/%d/ns/user", holder);
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_errno("Cannot open \"%s\"", path);
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  return descriptor;
}
