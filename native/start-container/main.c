#include "start-container.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: start-container subcontainer launch|launch-init|exec|exec-command [options] <root> [command…]\n"
    "       start-container bind-mount --source S --target T [--recursive] [--readonly] [--file] [--idmap from:to[:range]]…\n"
    "       start-container pipe-wrap <command…>\n"
    "       start-container <effect> [--name value]…\n"
    "Options: --force-tty --force-stderr-tty --pty-size R:C[:X:Y] --env|-e K=V --env-file F --workdir|-w D --user|-u U[:G]\n";

static int subcontainer(char **arguments) {
  const char *verb = arguments[0];
  if (verb == NULL) fail("Cannot run \"subcontainer\": no verb is given");
  const struct command command = parse_command(arguments + 1);
  if (strcmp(verb, "launch") == 0) return launch(&command);
  if (strcmp(verb, "launch-init") == 0) return launch_init(&command, false);
  if (strcmp(verb, "exec") == 0) return exec_in(&command);
  if (strcmp(verb, "exec-command") != 0) fail("Cannot run \"subcontainer %s\": it is unknown", verb);
  if (command.argv[0] == NULL) fail("Cannot run a command in \"%s\": none is given", command.root);
  exec_command(&command, false);
}

static bool is_called(const char *program, const char *name) {
  const char *slash = strrchr(program, '/');
  return strcmp(slash == NULL ? program : slash + 1, name) == 0;
}

int main(int count, char **arguments) {
  if (count > 0 && is_called(arguments[0], "mount")) return mount_command(arguments + 1);
  if (count < 2 || strcmp(arguments[1], "--help") == 0) {
    fputs(usage, count < 2 ? stderr : stdout);
    return count < 2 ? 2 : 0;
  }
  const char *verb = arguments[1];
  const bool is_verb = count > 2 && (strncmp(arguments[2], "launch", 6) == 0 || strncmp(arguments[2], "exec", 4) == 0);
  if (strcmp(verb, "subcontainer") == 0 && is_verb) return subcontainer(arguments + 2);
  if (strcmp(verb, "bind-mount") == 0) return bind_mount(arguments + 2);
  if (strcmp(verb, "pipe-wrap") == 0) return pipe_wrap(arguments + 2);
  return effect(arguments + 1);
}
