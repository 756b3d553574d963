// mount-into: hook of lxc-start (lxc.container.conf(5), lxc.hook.start-host, version 1).
//
// Attaches host directories in a container's mount namespace after LXC has set it up and before its init runs. A mount that LXC makes
// itself can never pass mounts back to the host: the kernel turns "shared" into "slave" when a mount namespace of another user
// namespace is made. A clone attached from outside stays a peer of the host's mount (mount_namespaces(7)). It is a program and not the
// agent's work so that a container starts or fails as a whole whether or not the agent lives.
//
// usage: LXC_PID=<pid> mount-into <plan>
// plan, a line each, fields separated by tabs:
//   isolate <link>                                     forbids a bridge port to talk to other isolated ones
//   mount <source> <target> <idmap 0|1> <recursive 0|1> <read-only 0|1>   source must be a mount point; target lies below the root
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_TREE_CLONE_FLAG 1
#define OPEN_TREE_CLOEXEC_FLAG O_CLOEXEC
#define TREE_RECURSIVE 0x8000
#define TREE_EMPTY_PATH 0x1000
#define MOVE_FROM_EMPTY_PATH 0x04
#define MOVE_TO_EMPTY_PATH 0x40
#define ATTR_RDONLY 0x1
#define ATTR_NOSUID 0x2
#define ATTR_IDMAP 0x100000
#define RESOLVE_ALL_IN_ROOT (0x10 | 0x02 | 0x04)  // IN_ROOT, no magic links, no links
enum { NR_open_tree = 428, NR_move_mount = 429, NR_openat2 = 437, NR_mount_setattr = 442, NR_open_tree_attr = 467 };

struct attributes { __u64 set, clear, propagation, userns; };
struct how { __u64 flags, mode, resolve; };

static int fail(const char *what, const char *object) {
  fprintf(stderr, "Cannot %s \"%s\": %s\n", what, object, strerror(errno));
  return -1;
}

static int clone_tree(const char *source, int userns, int recursive, int read_only) {
  unsigned flags = OPEN_TREE_CLONE_FLAG | OPEN_TREE_CLOEXEC_FLAG | (recursive ? TREE_RECURSIVE : 0);
  struct attributes attributes = { .set = read_only ? ATTR_RDONLY : 0, .clear = ATTR_NOSUID };
  if (userns >= 0) { attributes.set |= ATTR_IDMAP; attributes.userns = userns; }
  int tree = syscall(NR_open_tree_attr, AT_FDCWD, source, flags, &attributes, sizeof attributes);
  if (tree >= 0 || errno != ENOSYS) return tree < 0 ? fail("clone", source) : tree;
  tree = syscall(NR_open_tree, AT_FDCWD, source, flags);
  if (tree < 0) return fail("clone", source);
  unsigned set_flags = TREE_EMPTY_PATH | (recursive ? TREE_RECURSIVE : 0);
  if (syscall(NR_mount_setattr, tree, "", set_flags, &attributes, sizeof attributes) < 0) return fail("map the ids of", source);
  return tree;
}

// The container's image decides what lies on the way to the target: links in it must not lead anywhere else. A directory that is
// missing is made, owned like the root, which is the container's own.
static int enter(int directory, const char *name, const struct stat *owner) {
  struct how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_ALL_IN_ROOT };
  int place = syscall(NR_openat2, directory, name, &how, sizeof how);
  if (place >= 0 || errno != ENOENT) return place;
  if (mkdirat(directory, name, 0755) < 0 && errno != EEXIST) return -1;
  if (fchownat(directory, name, owner->st_uid, owner->st_gid, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  return syscall(NR_openat2, directory, name, &how, sizeof how);
}

static int attach(int tree, int root, char *target) {
  struct stat owner;
  if (fstat(root, &owner) < 0) return fail("read", "/");
  int place = dup(root);
  for (char *rest = target, *name; place >= 0 && (name = strsep(&rest, "/"));) {
    if (!*name) continue;
    int next = enter(place, name, &owner);
    if (next < 0) return fail("open the mount point part", name);
    close(place);
    place = next;
  }
  if (place < 0) return fail("open", "/");
  if (syscall(NR_move_mount, tree, "", place, "", MOVE_FROM_EMPTY_PATH | MOVE_TO_EMPTY_PATH) < 0) return fail("mount onto", target);
  close(place);
  return 0;
}

static int isolate(const char *link) {
  char path[256];
  snprintf(path, sizeof path, "/sys/class/net/%s/brport/isolated", link);
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return fail("isolate", link);
  int written = write(file, "1", 1);
  close(file);
  return written == 1 ? 0 : fail("isolate", link);
}

struct tree { int descriptor; char *target; };

int main(int count, char **arguments) {
  const char *pid = getenv("LXC_PID");
  if (count < 2 || !pid) { fprintf(stderr, "usage: LXC_PID=<pid> mount-into <plan>\n"); return 2; }
  FILE *plan = fopen(arguments[1], "re");
  if (!plan) { fail("read", arguments[1]); return 1; }
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/user", pid);
  int userns = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%s/ns/mnt", pid);
  int mntns = open(path, O_RDONLY | O_CLOEXEC);
  if (userns < 0 || mntns < 0) { fail("open", path); return 1; }

  static struct tree trees[256];
  int made = 0;
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, plan) > 0) {
    line[strcspn(line, "\n")] = 0;
    char *rest = line, *verb = strsep(&rest, "\t"), *source = strsep(&rest, "\t");
    if (!verb || !source) continue;
    if (!strcmp(verb, "isolate")) { if (isolate(source) < 0) return 1; continue; }
    char *target = strsep(&rest, "\t"), *map = strsep(&rest, "\t"), *recursive = strsep(&rest, "\t"), *read_only = strsep(&rest, "\t");
    if (strcmp(verb, "mount") || !target || !map || !recursive || !read_only || made == 256) { fprintf(stderr, "Cannot read \"%s\": bad line\n", arguments[1]); return 1; }
    int tree = clone_tree(source, *map == '1' ? userns : -1, *recursive == '1', *read_only == '1');
    if (tree < 0) return 1;
    trees[made].descriptor = tree;
    trees[made++].target = strdup(target);
  }
  if (!made) return 0;
  if (setns(mntns, CLONE_NEWNS) < 0) { fail("enter the mount namespace of", pid); return 1; }
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) { fail("open", "/"); return 1; }
  for (int index = 0; index < made; index++)
    if (attach(trees[index].descriptor, root, trees[index].target) < 0) return 1;
  return 0;
}
