#include "start-container.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool namespace_of(const char *process, char *name, size_t size) {
  char *path = format_text("%s/ns/pid", process);
  const ssize_t length = readlink(path, name, size - 1);
  free(path);
  if (length < 0) return false;
  name[length] = '\0';
  return true;
}

/* Whether the process is number 1 of a namespace below ours: two or more numbers in NSpid, the last being 1. */
static bool is_init(const char *process) {
  char *path = format_text("%s/status", process);
  FILE *file = fopen(path, "re");
  free(path);
  if (file == NULL) return false;
  char line[256];
  bool init = false;
  while (fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "NSpid:", 6) != 0) continue;
    line[strcspn(line, "\n")] = '\0';
    const char *last = strrchr(line, '\t');
    init = last != NULL && last != line + 6 && strcmp(last, "\t1") == 0;
  }
  fclose(file);
  return init;
}

/* Kills the leader an earlier run left behind, and takes its /proc off the root. */
static void end_former(const char *root) {
  char *inner = format_text("%s/proc/1", root);
  char wanted[64], found[64];
  const bool exists = namespace_of(inner, wanted, sizeof wanted);
  free(inner);
  DIR *processes = exists ? opendir("/proc") : NULL;
  for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    char *process = format_text("/proc/%s", entry->d_name);
    const pid_t pid = (pid_t)atoi(entry->d_name);
    if (namespace_of(process, found, sizeof found) && strcmp(found, wanted) == 0 && is_init(process)) kill(pid, SIGKILL);
    free(process);
  }
  if (processes != NULL) closedir(processes);
  char *proc = format_text("%s/proc", root);
  if (exists) umount2(proc, MNT_DETACH);
  free(proc);
}

static void mount_proc(const char *root) {
  char *proc = format_text("%s/proc", root);
  if (mkdir(proc, 0555) < 0 && errno != EEXIST) fail_errno("Cannot make \"%s\"", proc);
  if (mount("proc", proc, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) fail_errno("Cannot mount \"%s\"", proc);
  free(proc);
}

int launch_init(const struct command *command, bool die_with_parent) {
  mount_proc(command->root);
  if (command->argv[0] != NULL) exec_command(command, die_with_parent);
  block_signals();
  wait_for_end();
  return 0;
}

static int start_leader(const struct command *command) {
  end_former(command->root);
  if (unshare(CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWIPC) < 0) {
    fail_errno("Cannot make namespaces for \"%s\"", command->root);
  }
  block_signals();
  const pid_t child = fork();
  if (child < 0) fail_errno("Cannot fork");
  if (child == 0) {
    /* Before anything slow: the end of the helper must always be the end of its namespace. */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    exit(launch_init(command, true));
  }
  return supervise(child, NULL, 0, -1);
}

int launch(const struct command *command) {
  const int status = start_leader(command);
  char *proc = format_text("%s/proc", command->root);
  char *inner = format_text("%s/1", proc);
  /* A living process 1 there is that of a newer leader, which replaced ours. */
  if (access(inner, F_OK) < 0) umount2(proc, MNT_DETACH);
  free(inner);
  free(proc);
  return exit_code_of(status);
}
