#define _GNU_SOURCE
#include "CSys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

int csys_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int csys_pidfd_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

struct waiter {
  pid_t pid;
  int fd;
};

static void wait_for_exit(void *context) {
  struct waiter *waiter = context;
  siginfo_t info;
  while (waitid(P_PID, (id_t)waiter->pid, &info, WEXITED | WNOWAIT) == -1 && errno == EINTR) {
  }
  csys_eventfd_signal(waiter->fd);
  close(waiter->fd);
  free(waiter);
}

/// The stand-in for a pidfd on kernels before 5.3.
static int exit_fd_by_thread(pid_t pid) {
  int fd = csys_eventfd(true);
  if (fd < 0) return -1;
  struct waiter *waiter = malloc(sizeof *waiter);
  int copy = csys_duplicate(fd);
  if (waiter == NULL || copy < 0) goto failed;
  *waiter = (struct waiter){.pid = pid, .fd = copy};
  if (csys_thread_start("wait-child", wait_for_exit, waiter) == 0) return fd;
failed:
  free(waiter);
  if (copy >= 0) close(copy);
  close(fd);
  return -1;
}

int csys_spawn(const csys_spawn_options *options, int *pid, int *exit_fd) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int error = posix_spawnattr_init(&attributes);
  if (error != 0) return error;
  error = posix_spawn_file_actions_init(&actions);
  if (error != 0) {
    posix_spawnattr_destroy(&attributes);
    return error;
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (options->new_session) flags |= POSIX_SPAWN_SETSID;
  else if (options->new_group) flags |= POSIX_SPAWN_SETPGROUP;
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, flags);
  for (int target = 0; target < 3 && error == 0; target++) {
    if (options->fds[target] >= 0)
      error = posix_spawn_file_actions_adddup2(&actions, options->fds[target], target);
    else
      error = posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0);
  }
  if (error == 0 && options->directory != NULL)
    error = posix_spawn_file_actions_addchdir_np(&actions, options->directory);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  pid_t child = -1;
  if (error == 0)
    error = (options->search ? posix_spawnp : posix_spawn)(&child, options->path, &actions, &attributes, options->argv,
                                                           options->envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return error;
  int fd = csys_pidfd_open(child);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) fd = exit_fd_by_thread(child);
  if (fd < 0) {
    error = errno != 0 ? errno : ENOMEM;
    kill(child, SIGKILL);
    csys_exit ignored;
    csys_reap(child, true, &ignored);
    return error;
  }
  *pid = child;
  *exit_fd = fd;
  return 0;
}

int csys_reap(int pid, bool block, csys_exit *result) {
  int status = 0;
  pid_t reaped;
  do reaped = waitpid(pid, &status, block ? 0 : WNOHANG);
  while (reaped == -1 && errno == EINTR);
  if (reaped <= 0) return reaped;
  result->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return 1;
}
