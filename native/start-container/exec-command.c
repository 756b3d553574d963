#include "start-container.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* pivot_root(2) and not chroot(2), so that programs inside may make user namespaces of their own. */
static void enter_root(const char *root) {
  if (unshare(CLONE_NEWNS) < 0) fail_errno("Cannot make a mount namespace");
  if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0) fail_errno("Cannot make mounts slaves");
  if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0) fail_errno("Cannot bind \"%s\" on itself", root);
  if (chdir(root) < 0) fail_errno("Cannot enter \"%s\"", root);
  /* With both paths equal the old root ends up on top of the new one and is taken off (pivot_root(2), NOTES). */
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail_errno("Cannot make \"%s\" the root", root);
  if (umount2(".", MNT_DETACH) < 0) fail_errno("Cannot unmount the old root");
}

/* The program may open /dev/stdout again, for which it must own it. Shared devices such as /dev/null stay as they are. */
static void give_streams(uid_t uid, gid_t gid) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    struct stat found;
    if (fstat(descriptor, &found) < 0 || (S_ISCHR(found.st_mode) && !isatty(descriptor))) continue;
    if (fchown(descriptor, uid, gid) < 0) continue; /* best effort: many programs never ask */
  }
}

static void become(const struct account *account) {
  if (account->uid != 0) give_streams(account->uid, account->has_gid ? account->gid : (gid_t)-1);
  /* Fails with EPERM when it leads a session already, which is as good. */
  if (setsid() < 0 && errno != EPERM) fail_errno("Cannot start a session");
  if (setgroups(account->group_count, account->groups) < 0) fail_errno("Cannot set groups");
  if (account->has_gid && setgid(account->gid) < 0) fail_errno("Cannot become group %u", account->gid);
  if (setuid(account->uid) < 0) fail_errno("Cannot become user %u", account->uid);
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

void exec_command(const struct command *command, bool die_with_parent) {
  bool has_home;
  char **environment = build_environment(command, &has_home);
  const struct account account = find_account(command->root, command->user);
  if (!has_home && account.home != NULL) set_variable(&environment, "HOME", account.home);
  enter_root(command->root);
  become(&account);
  /* After the change of user, which clears it (prctl(2)). Without it a killed helper would leave its child behind. */
  if (die_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  const char *workdir = command->workdir == NULL || *command->workdir == '\0' ? "/" : command->workdir;
  if (chdir(workdir) < 0) fail_errno("Cannot enter working directory \"%s\"", workdir);
  restore_signals();
  signal(SIGPIPE, SIG_DFL);
  environ = environment;
  execvp(command->argv[0], command->argv);
  const int error = errno;
  dprintf(STDERR_FILENO, "start-container: Cannot run \"%s\": %s\n", command->argv[0], strerror(error));
  _exit(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE);
}
