// log-lines: copies its standard input to a file, with the time before each line, and bounds the file.
//
// It stands between a container and its log, and must outlive the agent as the container does; whoever writes to it must never wait
// for a disk that is full nor hear of it. So it ignores all signals that can be ignored, goes on when nothing can be written, and ends
// with the last writer. A line's time is that of its first piece: RFC 3339 in UTC with microseconds, 27 characters and a blank.
//
// usage: log-lines <file> <bytes>      a file that has grown to that many bytes becomes <file>.1, in place of the one before
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STAMP = 28 };

static const char *path;
static char aside[4096];
static long long limit, length;
static int out = -1;
static char held[32768];
static size_t held_length;

static void open_log(void) {
  out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  length = out < 0 ? 0 : lseek(out, 0, SEEK_END);
}

static void flush_held(void) {
  for (size_t done = 0; done < held_length;) {
    ssize_t written = write(out, held + done, held_length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;  // lost: the container is worth more than its log
    done += written;
    length += written;
  }
  held_length = 0;
}

static void put(const char *text, size_t size) {
  while (size > 0) {
    if (held_length == sizeof held) flush_held();
    size_t piece = size < sizeof held - held_length ? size : sizeof held - held_length;
    memcpy(held + held_length, text, piece);
    held_length += piece;
    text += piece;
    size -= piece;
  }
}

static void rotate(void) {
  flush_held();
  if (out >= 0) close(out);
  rename(path, aside);
  open_log();
}

static void put_stamp(const struct timespec *now) {
  static time_t known = -1;
  static char second[32];
  char stamp[64];
  if (now->tv_sec != known) {
    struct tm parts;
    gmtime_r(&now->tv_sec, &parts);
    strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &parts);
    known = now->tv_sec;
  }
  snprintf(stamp, sizeof stamp, "%s.%06ldZ ", second, now->tv_nsec / 1000);
  put(stamp, STAMP);
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: log-lines <file> <bytes>\n");
    return 2;
  }
  path = words[1];
  limit = atoll(words[2]);
  snprintf(aside, sizeof aside, "%s.1", path);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
  open_log();
  static char in[16384];
  bool within = false;
  for (;;) {
    ssize_t size = read(STDIN_FILENO, in, sizeof in);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (const char *at = in, *end = in + size; at < end;) {
      const char *feed = memchr(at, '\n', end - at);
      const char *next = feed ? feed + 1 : end;
      // Within a line only when it is one that never ends.
      if (length + (long long)held_length >= (within ? 2 * limit : limit)) rotate();
      if (!within) put_stamp(&now);
      put(at, next - at);
      within = feed == NULL;
      at = next;
    }
    flush_held();
  }
  return 0;
}
