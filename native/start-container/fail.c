#include "start-container.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(const char *format, va_list arguments) {
  fputs("start-container: ", stderr);
  vfprintf(stderr, format, arguments);
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print(format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(EXIT_OWN_FAILURE);
}

void fail_errno(const char *format, ...) {
  const int error = errno;
  va_list arguments;
  va_start(arguments, format);
  print(format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", strerror(error));
  exit(EXIT_OWN_FAILURE);
}

void *allocate(size_t size) {
  void *memory = calloc(1, size);
  if (memory == NULL) fail_errno("Cannot allocate %zu bytes", size);
  return memory;
}

char *format_text(const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (length < 0) fail_errno("Cannot allocate text");
  return text;
}
