#include "start-container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Inside the root whatever links the image has: its /etc/passwd must never be read as ours. */
static FILE *open_inside(const char *root, const char *path) {
  const int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail_errno("Cannot open root \"%s\"", root);
  const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  const long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof how);
  const int error = errno;
  close(directory);
  errno = error;
  return descriptor < 0 ? NULL : fdopen((int)descriptor, "r");
}

static bool parse_id(const char *text, unsigned *id) {
  char *end;
  errno = 0;
  const unsigned long value = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > 0xfffffffeUL) return false;
  *id = (unsigned)value;
  return true;
}

/* Splits a colon-separated line in place; missing fields are "". */
static void split(char *line, char **fields, size_t count) {
  line[strcspn(line, "\n")] = '\0';
  for (size_t index = 0; index < count; index++) {
    fields[index] = line;
    line += strcspn(line, ":");
    if (*line == ':') *line++ = '\0';
  }
}

/* Fills in uid, gid and home from the first line that matches; the user's name, or NULL without a line. */
static char *read_passwd(const char *root, const char *user, struct account *account) {
  unsigned wanted = 0;
  const bool numeric = parse_id(user, &wanted);
  account->uid = wanted;
  FILE *file = open_inside(root, "etc/passwd");
  /* An image without accounts can still run as a number. */
  if (file == NULL && numeric) return NULL;
  if (file == NULL) fail_errno("Cannot find user \"%s\" in \"%s/etc/passwd\"", user, root);
  char *name = NULL, *line = NULL, *fields[7];
  size_t capacity = 0;
  while (name == NULL && getline(&line, &capacity, file) >= 0) {
    unsigned uid, gid;
    split(line, fields, 7);
    if (!parse_id(fields[2], &uid) || !parse_id(fields[3], &gid)) continue;
    if (numeric ? uid != wanted : strcmp(fields[0], user) != 0) continue;
    name = format_text("%s", fields[0]);
    *account = (struct account){.uid = uid, .gid = gid, .has_gid = true, .home = format_text("%s", fields[5])};
  }
  free(line);
  fclose(file);
  if (name == NULL && !numeric) fail("Cannot find user \"%s\" in \"%s/etc/passwd\": it has no line", user, root);
  return name;
}

static bool lists_member(char *members, const char *name) {
  for (char *rest = members, *member; (member = strsep(&rest, ",")) != NULL;) {
    if (strcmp(member, name) == 0) return true;
  }
  return false;
}

static void read_groups(const char *root, const char *name, const char *group, struct account *account) {
  FILE *file = open_inside(root, "etc/group");
  bool found = group == NULL;
  if (file == NULL && !found) fail_errno("Cannot find group \"%s\" in \"%s/etc/group\"", group, root);
  if (file == NULL) return;
  char *line = NULL, *fields[4];
  size_t capacity = 0;
  while (getline(&line, &capacity, file) >= 0) {
    unsigned gid;
    split(line, fields, 4);
    if (!parse_id(fields[2], &gid)) continue;
    if (!found && strcmp(fields[0], group) == 0) {
      account->gid = gid;
      account->has_gid = found = true;
    }
    if (name == NULL || !lists_member(fields[3], name)) continue;
    account->groups = realloc(account->groups, (account->group_count + 1) * sizeof(gid_t));
    if (account->groups == NULL) fail_errno("Cannot allocate the groups");
    account->groups[account->group_count++] = gid;
  }
  free(line);
  fclose(file);
  if (!found) fail("Cannot find group \"%s\" in \"%s/etc/group\": it has no line", group, root);
}

struct account find_account(const char *root, const char *user) {
  char *name_part = format_text("%s", user == NULL ? "0" : user);
  char *group = strchr(name_part, ':');
  if (group != NULL) *group++ = '\0';
  struct account account = {0};
  char *name = read_passwd(root, *name_part == '\0' ? "0" : name_part, &account);
  unsigned gid;
  if (group != NULL && parse_id(group, &gid)) {
    account.gid = gid;
    account.has_gid = true;
    group = NULL;
  }
  read_groups(root, name, group, &account);
  free(name);
  return account;
}
