#include "start-container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t count_of(char **items) {
  size_t count = 0;
  while (items[count] != NULL) count++;
  return count;
}

/* Replaces the variable of the same name or appends; `item` is K=V and stays referenced. */
static void put(char ***environment, char *item) {
  const size_t name = (size_t)(strchr(item, '=') - item) + 1;
  const size_t count = count_of(*environment);
  for (size_t index = 0; index < count; index++) {
    if (strncmp((*environment)[index], item, name) != 0) continue;
    (*environment)[index] = item;
    return;
  }
  char **grown = allocate((count + 2) * sizeof(char *));
  memcpy(grown, *environment, count * sizeof(char *));
  grown[count] = item;
  *environment = grown;
}

void set_variable(char ***environment, const char *name, const char *value) {
  put(environment, format_text("%s=%s", name, value));
}

static bool put_item(char ***environment, char *item) {
  const char *equals = strchr(item, '=');
  if (equals == NULL || equals == item) return false;
  put(environment, item);
  return strncmp(item, "HOME=", 5) == 0;
}

static bool put_file(char ***environment, const char *path) {
  FILE *file = fopen(path, "re");
  if (file == NULL) fail_errno("Cannot read environment file \"%s\"", path);
  bool has_home = false;
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, file)) >= 0) {
    if (length > 0 && line[length - 1] == '\n') line[length - 1] = '\0';
    has_home |= put_item(environment, format_text("%s", line));
  }
  free(line);
  fclose(file);
  return has_home;
}

char **build_environment(const struct command *command, bool *has_home) {
  char **environment = environ;
  *has_home = false;
  if (command->env_file != NULL) *has_home |= put_file(&environment, command->env_file);
  for (char **item = command->env; *item != NULL; item++) *has_home |= put_item(&environment, *item);
  return environment;
}
