#include "start-container.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First words of methods that have two or more: `action run` is `action.run`. */
static const char *const groups[] = {"action", "notification", "subcontainer", "plugin", "url", NULL};

static bool is_group(const char *word) {
  for (const char *const *group = groups; *group != NULL; group++) {
    if (strcmp(*group, word) == 0) return true;
  }
  return false;
}

/* `--package-id` → `packageId`. */
static char *member_name(const char *option, size_t length) {
  char *name = allocate(length + 1), *at = name;
  for (size_t index = 0; index < length; index++) {
    const bool raised = option[index] == '-' && index + 1 < length;
    if (raised) index++;
    *at++ = raised ? (char)toupper((unsigned char)option[index]) : option[index];
  }
  return name;
}

/* JSON as it is when it looks like a JSON value that is no bare word, else a string. */
static char *json_value(const char *text) {
  const bool word = strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || strcmp(text, "null") == 0;
  const bool number = *text != '\0' && text[strspn(text, "0123456789")] == '\0' && (text[0] != '0' || text[1] == '\0');
  return word || number || (*text != '\0' && strchr("{[\"", *text) != NULL) ? format_text("%s", text) : json_quote(text);
}

static char *add_member(char *params, const char *name, const char *value) {
  return format_text("%s%s%s:%s", params, params[1] == '\0' ? "" : ",", json_quote(name), value);
}

static char *parse_params(const char *method, char **at) {
  char *params = format_text("{");
  while (*at != NULL) {
    if (strncmp(*at, "--", 2) != 0) {
      const bool action = strncmp(method, "action.", 7) == 0;
      params = add_member(params, action ? "actionId" : "packageId", json_quote(*at++));
      continue;
    }
    const char *option = *at++ + 2;
    const char *equals = strchr(option, '=');
    const size_t length = equals == NULL ? strlen(option) : (size_t)(equals - option);
    const char *value = equals != NULL ? equals + 1 : *at == NULL || strncmp(*at, "--", 2) == 0 ? "true" : *at++;
    if (length == 4 && strncmp(option, "json", 4) == 0) return format_text("%s", value);
    params = add_member(params, member_name(option, length), json_value(value));
  }
  return format_text("%s}", params);
}

static int print_error(const char *method, const char *error) {
  const char *data = json_member(error, "data");
  const char *details = data == NULL ? NULL : *data == '"' ? data : json_member(data, "details");
  if (details == NULL) details = json_member(error, "message");
  fprintf(stderr, "start-container: Cannot call \"%s\": %s\n", method, details == NULL ? error : json_text(details));
  return 1;
}

int effect(char **arguments) {
  char *method = format_text("%s", arguments[0]);
  char **at = arguments + 1;
  while (is_group(at[-1]) && *at != NULL) method = format_text("%s.%s", method, *at++);
  const char *reply = call_host(method, parse_params(method, at));
  if (reply == NULL) fail_errno("Cannot call \"%s\" over \"%s\"", method, RPC_SOCKET);
  const char *error = json_member(reply, "error");
  if (error != NULL && *error == '{') return print_error(method, error);
  const char *result = json_member(reply, "result");
  if (result != NULL && strncmp(result, "null", 4) != 0) puts(json_text(result));
  return 0;
}
