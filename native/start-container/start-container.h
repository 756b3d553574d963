/* The program /usr/bin/start-container of a service container: what packages call to run their own images.
   It must start within milliseconds and without PATH or any variable, hence C and no shared library. */
#ifndef START_CONTAINER_H
#define START_CONTAINER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#define RPC_SOCKET "/media/startos/rpc/host.sock"

/* Exit codes of our own failures, as env(1) and docker-run(1) have them. */
enum { EXIT_OWN_FAILURE = 125, EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

/* fail.c */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *allocate(size_t size);
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* options.c: what follows `start-container subcontainer launch|launch-init|exec|exec-command` */
struct command {
  const char *root;
  char **argv; /* NULL-terminated, may be empty */
  char **env;  /* NULL-terminated --env items */
  const char *env_file;
  const char *workdir;
  const char *user;
  bool force_tty;
  bool force_stderr_tty;
  struct winsize size; /* all zero when not given */
};
struct command parse_command(char **arguments);
/* The value of `--name value` or `--name=value` (or of a one-letter name), else NULL; moves *at past it. */
const char *option_value(char ***at, const char *name, char letter);

/* environment.c */
char **build_environment(const struct command *command, bool *has_home);
void set_variable(char ***environment, const char *name, const char *value);

/* account.c */
struct account {
  uid_t uid;
  gid_t gid;
  bool has_gid;
  gid_t *groups;
  size_t group_count;
  char *home; /* NULL when the user has no line */
};
struct account find_account(const char *root, const char *user);

/* supervise.c */
struct relay {
  int from, to;
  size_t length; /* bytes waiting in buffer */
  char buffer[4096];
};
void block_signals(void);
void restore_signals(void);
/* Forwards signals to the child, relays bytes and reaps every orphan until the child ends; its wait status. */
int supervise(pid_t child, struct relay *relays, size_t count, int terminal);
int exit_code_of(int status);
/* Waits for a signal to end, reaping orphans; the work of a pid 1 that runs nothing. */
void wait_for_end(void);

/* terminal.c */
int run_with_terminal(const struct command *command);
bool wants_terminal(const struct command *command);

/* exec-command.c */
_Noreturn void exec_command(const struct command *command, bool die_with_parent);

/* launch.c, exec.c, bind-mount.c, mount-command.c, pipe-wrap.c, effect.c: the sub-commands; each returns the exit code */
int launch(const struct command *command);
int launch_init(const struct command *command, bool die_with_parent);
int exec_in(const struct command *command);
int bind_mount(char **arguments);
/* The program called as `mount`; arguments[-1] is its name. */
int mount_command(char **arguments);
int pipe_wrap(char **argv);
int effect(char **arguments);

/* idmap.c: descriptor of a user namespace with the mappings, for MOUNT_ATTR_IDMAP */
struct idmap {
  unsigned from, to, range;
};
int open_idmap(const struct idmap *maps, size_t count);

/* rpc.c: one call over RPC_SOCKET; the reply line, or NULL when nobody listens */
char *call_host(const char *method, const char *params);

/* json.c */
char *json_quote(const char *text);
/* Where a member of the object at `json` begins, NULL when there is none. */
const char *json_member(const char *json, const char *name);
/* The end of the value at `json`. */
const char *json_end(const char *json);
char *json_text(const char *json);

#endif
