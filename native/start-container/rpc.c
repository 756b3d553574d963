#include "start-container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool send_all(int descriptor, const char *bytes) {
  for (size_t left = strlen(bytes); left > 0;) {
    const ssize_t written = send(descriptor, bytes, left, MSG_NOSIGNAL);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes += written, left -= (size_t)written;
  }
  return true;
}

static char *read_line(int descriptor) {
  size_t length = 0, capacity = 4096;
  char *line = allocate(capacity);
  for (;;) {
    const ssize_t count = read(descriptor, line + length, capacity - length - 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return NULL;
    length += (size_t)count;
    line[length] = '\0';
    if (memchr(line, '\n', length) != NULL) return line;
    if (length + 1 < capacity) continue;
    capacity *= 2;
    line = realloc(line, capacity);
    if (line == NULL) fail_errno("Cannot allocate the reply");
  }
}

char *call_host(const char *method, const char *params) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = RPC_SOCKET};
  if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)&address, sizeof address) < 0) return NULL;
  char *request = format_text("{\"id\":0,\"method\":%s,\"params\":%s}\n", json_quote(method), params);
  char *reply = send_all(descriptor, request) ? read_line(descriptor) : NULL;
  free(request);
  close(descriptor);
  return reply;
}
