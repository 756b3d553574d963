#include "start-container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* Opened all before the first setns(2): afterwards <root>/proc/1 may be another process. */
static void join_leader(const char *root) {
  static const struct {
    const char *name;
    int type;
  } namespaces[] = {{"pid", CLONE_NEWPID}, {"cgroup", CLONE_NEWCGROUP}, {"ipc", CLONE_NEWIPC}};
  int descriptors[3];
  for (int index = 0; index < 3; index++) {
    char *path = format_text("%s/proc/1/ns/%s", root, namespaces[index].name);
    descriptors[index] = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptors[index] < 0) fail_errno("Cannot open \"%s\" of the subcontainer's leader", path);
    free(path);
  }
  for (int index = 0; index < 3; index++) {
    if (setns(descriptors[index], namespaces[index].type) < 0) {
      fail_errno("Cannot join the %s namespace of \"%s\"", namespaces[index].name, root);
    }
    close(descriptors[index]);
  }
}

int exec_in(const struct command *command) {
  if (command->argv[0] == NULL) fail("Cannot run a command in \"%s\": none is given", command->root);
  join_leader(command->root);
  if (wants_terminal(command)) return run_with_terminal(command);
  block_signals();
  /* setns(2) of a pid namespace holds for children only, so there has to be one. */
  const pid_t child = fork();
  if (child < 0) fail_errno("Cannot fork");
  if (child == 0) exec_command(command, true);
  return exit_code_of(supervise(child, NULL, 0, -1));
}
