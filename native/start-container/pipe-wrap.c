#include "start-container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Pipes instead of the sockets or terminals we were given: programs open /dev/stderr by name, which sockets refuse. */
static struct relay pipe_to(int descriptor, int *inner) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail_errno("Cannot make a pipe");
  *inner = ends[1];
  return (struct relay){.from = ends[0], .to = descriptor};
}

/* Runs a program as its init: pipes for its output, signals forwarded, orphans reaped, its exit code passed on. */
int pipe_wrap(char **argv) {
  if (argv[0] == NULL) fail("Cannot wrap a program: none is given");
  if (getenv("STARTOS_ENVIRONMENT") == NULL) setenv("STARTOS_ENVIRONMENT", "prod", 1);
  if (getenv("PATH") == NULL) setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  int output, errors;
  struct relay relays[] = {pipe_to(STDOUT_FILENO, &output), pipe_to(STDERR_FILENO, &errors)};
  block_signals();
  signal(SIGPIPE, SIG_IGN);
  const pid_t child = fork();
  if (child < 0) fail_errno("Cannot fork");
  if (child == 0) {
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    restore_signals();
    signal(SIGPIPE, SIG_DFL);
    setsid();
    execvp(argv[0], argv);
    const int error = errno;
    dprintf(STDERR_FILENO, "start-container: Cannot run \"%s\": %s\n", argv[0], strerror(error));
    _exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
  }
  close(output);
  close(errors);
  return exit_code_of(supervise(child, relays, 2, -1));
}
