#include "start-container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *option_value(char ***at, const char *name, char letter) {
  const char *argument = **at;
  const size_t length = strlen(name);
  const char *value = NULL;
  if (strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, name, length) == 0) {
    if (argument[2 + length] == '=') value = argument + 3 + length;
    else if (argument[2 + length] != '\0') return NULL;
  } else if (letter != '\0' && argument[0] == '-' && argument[1] == letter) {
    if (argument[2] != '\0') value = argument + 2 + (argument[2] == '=');
  } else {
    return NULL;
  }
  if (value == NULL) value = *++*at;
  if (value == NULL) fail("Cannot read option \"--%s\": it has no value", name);
  ++*at;
  return value;
}

static struct winsize parse_size(const char *text) {
  unsigned short parts[4] = {0};
  const int found = sscanf(text, "%hu:%hu:%hu:%hu", &parts[0], &parts[1], &parts[2], &parts[3]);
  if (found != 2 && found != 4) fail("Cannot read \"--pty-size\": found \"%s\", wanted rows:columns[:x:y]", text);
  return (struct winsize){parts[0], parts[1], parts[2], parts[3]};
}

static void parse_option(char ***at, struct command *command, size_t *env_count) {
  const char *value;
  if (strcmp(**at, "--force-tty") == 0) {
    command->force_tty = true;
    ++*at;
  } else if (strcmp(**at, "--force-stderr-tty") == 0) {
    command->force_stderr_tty = true;
    ++*at;
  } else if ((value = option_value(at, "pty-size", '\0'))) {
    command->size = parse_size(value);
  } else if ((value = option_value(at, "env-file", '\0'))) {
    command->env_file = value;
  } else if ((value = option_value(at, "env", 'e'))) {
    command->env[(*env_count)++] = (char *)value;
  } else if ((value = option_value(at, "workdir", 'w'))) {
    command->workdir = value;
  } else if ((value = option_value(at, "user", 'u'))) {
    command->user = value;
  } else {
    fail("Cannot use option \"%s\": it is unknown", **at);
  }
}

struct command parse_command(char **arguments) {
  size_t count = 0;
  while (arguments[count] != NULL) count++;
  struct command command = {.env = allocate((count + 1) * sizeof(char *))};
  size_t env_count = 0;
  char **at = arguments;
  /* Options end at the root: everything behind it is the command's, hyphens or not. */
  while (*at != NULL && (*at)[0] == '-' && strcmp(*at, "--") != 0) parse_option(&at, &command, &env_count);
  if (*at != NULL && strcmp(*at, "--") == 0) at++;
  if (*at == NULL) fail("Cannot run a subcontainer: no root directory is given");
  command.root = *at++;
  if (*at != NULL && strcmp(*at, "--") == 0) at++;
  command.argv = at;
  return command;
}
