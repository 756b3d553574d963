#include "start-container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than our headers; Linux 6.15. */
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#define MAX_MAPS 340 /* lines the kernel takes in a uid_map */

struct request {
  const char *source, *target;
  bool recursive, readonly, file;
  struct idmap maps[MAX_MAPS];
  size_t map_count;
};

static struct idmap parse_idmap(const char *text) {
  struct idmap map = {.range = 1};
  const int found = sscanf(text, "%u:%u:%u", &map.from, &map.to, &map.range);
  if (found < 2 || map.range == 0) fail("Cannot read \"--idmap\": found \"%s\", wanted from:to[:range]", text);
  return map;
}

static struct request parse_request(char **arguments) {
  struct request request = {0};
  for (char **at = arguments; *at != NULL;) {
    const char *value;
    if (strcmp(*at, "--recursive") == 0) request.recursive = true, at++;
    else if (strcmp(*at, "--readonly") == 0) request.readonly = true, at++;
    else if (strcmp(*at, "--file") == 0) request.file = true, at++;
    else if ((value = option_value(&at, "source", '\0'))) request.source = value;
    else if ((value = option_value(&at, "target", '\0'))) request.target = value;
    else if ((value = option_value(&at, "idmap", '\0')) && request.map_count < MAX_MAPS) {
      request.maps[request.map_count++] = parse_idmap(value);
    } else fail("Cannot use argument \"%s\" of bind-mount: it is unknown", *at == NULL ? "--idmap" : *at);
  }
  if (request.source == NULL || request.target == NULL) fail("Cannot mount: --source and --target are both wanted");
  return request;
}

/* A detached copy of the source's mount with the id mapping; -1 and errno. */
static int clone_mapped(const struct request *request, unsigned flags) {
  const int namespace = open_idmap(request->maps, request->map_count);
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)namespace};
  long tree = syscall(SYS_open_tree_attr, AT_FDCWD, request->source, flags, &attributes, sizeof attributes);
  if (tree < 0 && errno == ENOSYS) {
    /* Before 6.15 in two steps, which does for a source that is not mapped already. */
    tree = syscall(SYS_open_tree, AT_FDCWD, request->source, flags);
    const unsigned at = AT_EMPTY_PATH | (request->recursive ? AT_RECURSIVE : 0);
    if (tree >= 0 && syscall(SYS_mount_setattr, tree, "", at, &attributes, sizeof attributes) < 0) {
      const int error = errno;
      close((int)tree);
      errno = error;
      tree = -1;
    }
  }
  const int error = errno;
  close(namespace);
  errno = error;
  return (int)tree;
}

static void attach(const struct request *request, int tree) {
  struct mount_attr readonly = {.attr_set = MOUNT_ATTR_RDONLY};
  const unsigned at = AT_EMPTY_PATH | (request->recursive ? AT_RECURSIVE : 0);
  if (request->readonly && syscall(SYS_mount_setattr, tree, "", at, &readonly, sizeof readonly) < 0) {
    fail_errno("Cannot make \"%s\" read-only", request->target);
  }
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, request->target, MOVE_MOUNT_F_EMPTY_PATH) < 0) {
    fail_errno("Cannot mount \"%s\" on \"%s\"", request->source, request->target);
  }
}

/* Only who owns the file system may map its ids, and that is the host: ask it. False when it will not. */
static bool ask_host(const struct request *request) {
  char *maps = format_text("%s", "");
  for (size_t index = 0; index < request->map_count; index++) {
    const struct idmap map = request->maps[index];
    maps = format_text("%s%s{\"fromId\":%u,\"toId\":%u,\"range\":%u}", maps, index ? "," : "", map.from, map.to, map.range);
  }
  char *params = format_text("{\"source\":%s,\"target\":%s,\"recursive\":%s,\"readonly\":%s,\"idmap\":[%s]}",
                             json_quote(request->source), json_quote(request->target),
                             request->recursive ? "true" : "false", request->readonly ? "true" : "false", maps);
  const char *reply = call_host("bind-mount", params);
  return reply != NULL && json_member(reply, "error") == NULL;
}

static void make_target(const struct request *request) {
  const int made = request->file ? open(request->target, O_CREAT | O_WRONLY | O_CLOEXEC, 0644) : mkdir(request->target, 0755);
  if (made < 0 && errno != EEXIST) fail_errno("Cannot make mount point \"%s\"", request->target);
  if (request->file && made >= 0) close(made);
}

int bind_mount(char **arguments) {
  const struct request request = parse_request(arguments);
  make_target(&request);
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (request.recursive ? AT_RECURSIVE : 0U);
  const bool mapped = request.map_count > 0;
  const int tree = mapped ? clone_mapped(&request, flags) : (int)syscall(SYS_open_tree, AT_FDCWD, request.source, flags);
  if (tree < 0) {
    const int error = errno;
    if (mapped && (error == EPERM || error == EINVAL || error == ENOSYS) && ask_host(&request)) return 0;
    errno = error;
    fail_errno("Cannot take \"%s\"%s", request.source, mapped ? " with its ids mapped" : "");
  }
  attach(&request, tree);
  return 0;
}
