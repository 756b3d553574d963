#include "start-container.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGABRT, SIGALRM, SIGCONT, SIGHUP,  SIGINT,  SIGIO,   SIGPIPE, SIGPROF, SIGQUIT,
                                SIGTERM, SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG,  SIGUSR1, SIGUSR2, SIGVTALRM};

static sigset_t handled(void) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t index = 0; index < sizeof forwarded / sizeof *forwarded; index++) sigaddset(&set, forwarded[index]);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGWINCH);
  return set;
}

/* Blocked signals reach even a pid 1, for which the kernel drops those at their default. */
void block_signals(void) {
  const sigset_t set = handled();
  sigprocmask(SIG_BLOCK, &set, NULL);
}

void restore_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Reaps whatever has ended; true when the child was among it. */
static bool reap(pid_t child, int *status) {
  bool ended = false;
  int found;
  for (pid_t pid; (pid = waitpid(-1, &found, WNOHANG)) > 0;) {
    if (pid != child) continue;
    *status = found;
    ended = true;
  }
  return ended;
}

static bool handle_signal(int signals, pid_t child, int terminal, int *status) {
  struct signalfd_siginfo info;
  if (read(signals, &info, sizeof info) != sizeof info) return false;
  if (info.ssi_signo == SIGCHLD) return reap(child, status);
  if (info.ssi_signo == SIGWINCH) {
    struct winsize size;
    if (terminal >= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) ioctl(terminal, TIOCSWINSZ, &size);
    return false;
  }
  /* Our own write to a reader that is gone is no message to the child. */
  if (info.ssi_signo != SIGPIPE || info.ssi_pid != (uint32_t)getpid()) kill(child, (int)info.ssi_signo);
  return false;
}

/* Moves what there is; closes the source at its end. A reader that is gone must not stop the writer: bytes are dropped. */
static void move(struct relay *relay, bool readable, bool writable) {
  if (readable && relay->length == 0) {
    const ssize_t length = read(relay->from, relay->buffer, sizeof relay->buffer);
    if (length > 0) {
      relay->length = (size_t)length;
    } else if (length == 0 || (errno != EINTR && errno != EAGAIN)) {
      close(relay->from);
      relay->from = -1;
    }
    return;
  }
  if (!writable || relay->length == 0) return;
  const ssize_t written = write(relay->to, relay->buffer, relay->length);
  if (written < 0 && (errno == EINTR || errno == EAGAIN)) return;
  const size_t gone = written < 0 ? relay->length : (size_t)written;
  memmove(relay->buffer, relay->buffer + gone, relay->length - gone);
  relay->length -= gone;
}

/* One round of poll(2); a write of at most PIPE_BUF bytes after POLLOUT never blocks, so signals are always heard. */
static bool turn(int signals, struct relay *relays, size_t count, int timeout) {
  struct pollfd *polled = allocate((count + 1) * sizeof *polled);
  polled[0] = (struct pollfd){.fd = signals, .events = POLLIN};
  for (size_t index = 0; index < count; index++) {
    const bool full = relays[index].length > 0;
    polled[index + 1] = (struct pollfd){.fd = full ? relays[index].to : relays[index].from, .events = full ? POLLOUT : POLLIN};
  }
  const int ready = poll(polled, count + 1, timeout);
  for (size_t index = 0; ready > 0 && index < count; index++) {
    if (polled[index + 1].revents == 0) continue;
    const bool full = relays[index].length > 0;
    move(&relays[index], !full, full);
  }
  const bool signalled = ready > 0 && polled[0].revents != 0;
  free(polled);
  return signalled || (ready < 0 && errno == EINTR);
}

static bool has_data(const struct relay *relays, size_t count) {
  for (size_t index = 0; index < count; index++) {
    struct pollfd polled = {.fd = relays[index].from, .events = POLLIN};
    if (relays[index].length > 0) return true;
    if (relays[index].from >= 0 && poll(&polled, 1, 0) > 0 && (polled.revents & POLLIN)) return true;
  }
  return false;
}

int supervise(pid_t child, struct relay *relays, size_t count, int terminal) {
  const sigset_t set = handled();
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) fail_errno("Cannot watch for signals");
  int status = 0;
  bool ended = reap(child, &status);
  while (!ended) {
    if (turn(signals, relays, count, -1)) ended = handle_signal(signals, child, terminal, &status);
  }
  /* What the child said last is still in the pipes; a grandchild that holds them open is not waited for. */
  while (has_data(relays, count)) turn(signals, relays, count, 100);
  close(signals);
  return status;
}

int exit_code_of(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WTERMSIG(status) == SIGTERM ? 0 : 128 + WTERMSIG(status);
}

void wait_for_end(void) {
  const sigset_t set = handled();
  for (;;) {
    siginfo_t info;
    const int number = sigwaitinfo(&set, &info);
    int status;
    if (number == SIGCHLD) reap(-1, &status);
    if (number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT) return;
  }
}
