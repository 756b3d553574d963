#include "start-container.h"

#include <stdlib.h>
#include <string.h>

char *json_quote(const char *text) {
  char *quoted = allocate(strlen(text) * 6 + 3), *at = quoted;
  *at++ = '"';
  for (; *text != '\0'; text++) {
    static const char digits[] = "0123456789abcdef";
    const unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      *at++ = '\\';
      *at++ = *text;
    } else if (byte < 0x20) {
      memcpy(at, "\\u00", 4);
      at[4] = digits[byte >> 4];
      at[5] = digits[byte & 15];
      at += 6;
    } else {
      *at++ = *text;
    }
  }
  *at = '"';
  return quoted;
}

static const char *skip_space(const char *json) { return json + strspn(json, " \t\r\n"); }

const char *json_end(const char *json) {
  int depth = 0;
  for (; *json != '\0'; json++) {
    if (*json == '"') {
      for (json++; *json != '\0' && *json != '"'; json++) {
        if (*json == '\\' && json[1] != '\0') json++;
      }
      if (*json == '\0') return json;
      if (depth == 0) return json + 1;
    } else if (*json == '{' || *json == '[') {
      depth++;
    } else if (*json == '}' || *json == ']') {
      if (depth == 0) return json;
      if (--depth == 0) return json + 1;
    } else if (depth == 0 && strchr(", \t\r\n", *json) != NULL) {
      return json;
    }
  }
  return json;
}

const char *json_member(const char *json, const char *name) {
  json = skip_space(json);
  if (*json != '{') return NULL;
  const size_t length = strlen(name);
  for (json = skip_space(json + 1); *json == '"'; json = skip_space(json)) {
    const char *key_end = json_end(json);
    const bool found = (size_t)(key_end - json) == length + 2 && strncmp(json + 1, name, length) == 0;
    json = skip_space(key_end);
    if (*json != ':') return NULL;
    json = skip_space(json + 1);
    if (found) return json;
    json = skip_space(json_end(json));
    if (*json == ',') json = skip_space(json + 1);
  }
  return NULL;
}

/* Text as people read it: strings without quotes and escapes, anything else as JSON. */
char *json_text(const char *json) {
  const char *end = json_end(json);
  char *text = allocate((size_t)(end - json) + 1), *at = text;
  if (*json != '"') {
    memcpy(text, json, (size_t)(end - json));
    return text;
  }
  for (json++; json < end - 1; json++) {
    if (*json != '\\' || json[1] == 'u') {
      *at++ = *json;
      continue;
    }
    json++;
    *at++ = *json == 'n' ? '\n' : *json == 't' ? '\t' : *json == 'r' ? '\r' : *json;
  }
  return text;
}
