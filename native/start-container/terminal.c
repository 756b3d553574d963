#include "start-container.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

bool wants_terminal(const struct command *command) {
  return command->force_tty || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

static int open_terminal(const struct command *command, int *inner) {
  const int outer = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (outer < 0 || grantpt(outer) < 0 || unlockpt(outer) < 0) fail_errno("Cannot open a terminal");
  const char *name = ptsname(outer);
  *inner = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*inner < 0) fail_errno("Cannot open a terminal");
  struct winsize size = command->size;
  if (size.ws_row == 0) ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  ioctl(outer, TIOCSWINSZ, &size);
  return outer;
}

/* Keys go to the program as they are; what the user's terminal was is put back at the end. */
static bool make_raw(struct termios *former) {
  if (tcgetattr(STDIN_FILENO, former) < 0) return false;
  struct termios raw = *former;
  cfmakeraw(&raw);
  return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static _Noreturn void start_inside(const struct command *command, int inner, bool own_stderr) {
  setsid();
  ioctl(inner, TIOCSCTTY, 0);
  dup2(inner, STDIN_FILENO);
  dup2(inner, STDOUT_FILENO);
  if (own_stderr) dup2(inner, STDERR_FILENO);
  exec_command(command, true);
}

int run_with_terminal(const struct command *command) {
  int inner;
  const int outer = open_terminal(command, &inner);
  const bool own_stderr = command->force_stderr_tty || isatty(STDERR_FILENO);
  block_signals();
  const pid_t child = fork();
  if (child < 0) fail_errno("Cannot fork");
  if (child == 0) start_inside(command, inner, own_stderr);
  close(inner);
  signal(SIGPIPE, SIG_IGN);
  struct termios former;
  const bool raw = make_raw(&former);
  struct relay relays[] = {{.from = STDIN_FILENO, .to = outer}, {.from = outer, .to = STDOUT_FILENO}};
  const int status = supervise(child, relays, 2, outer);
  if (raw) tcsetattr(STDIN_FILENO, TCSANOW, &former);
  return exit_code_of(status);
}
