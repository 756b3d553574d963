#include "start-container.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDMAP "X-mount.idmap="

/* Packages of SDK 1.x map ids with an option of util-linux 2.39, which busybox takes for one of the file system. */
static const char *find_idmap(char **arguments) {
  for (char **at = arguments; *at != NULL; at++) {
    const char *found = strstr(*at, IDMAP);
    if (found != NULL) return found + strlen(IDMAP);
  }
  return NULL;
}

/* "b:0:1000:1 b:5:6:10" → --idmap 0:1000:1 --idmap 5:6:10. Maps of users alone or groups alone are refused. */
static size_t add_idmaps(const char *text, char **built, size_t count) {
  char *copy = format_text("%.*s", (int)strcspn(text, ","), text);
  for (char *rest = copy, *map; (map = strsep(&rest, " ")) != NULL;) {
    if (*map == '\0') continue;
    if (strncmp(map, "b:", 2) != 0) fail("Cannot read \"" IDMAP "\": found \"%s\", wanted b:from:to:range", map);
    built[count++] = "--idmap";
    built[count++] = map + 2;
  }
  return count;
}

int mount_command(char **arguments) {
  const char *maps = find_idmap(arguments);
  if (maps == NULL) {
    arguments[-1] = "mount"; /* argv[0], by which busybox knows what it is to be */
    execv("/bin/busybox", arguments - 1);
    fail_errno("Cannot run \"/bin/busybox\"");
  }
  size_t count = 0;
  while (arguments[count] != NULL) count++;
  if (count < 3) fail("Cannot mount with ids mapped: source and target are both wanted");
  bool recursive = false;
  for (char **at = arguments; *at != NULL; at++) recursive |= strcmp(*at, "--rbind") == 0;
  char **built = allocate((strlen(maps) + 8) * sizeof *built);
  size_t used = 0;
  built[used++] = "--source";
  built[used++] = arguments[count - 2];
  built[used++] = "--target";
  built[used++] = arguments[count - 1];
  if (recursive) built[used++] = "--recursive";
  add_idmaps(maps, built, used);
  return bind_mount(built);
}
