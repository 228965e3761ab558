#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How to start a child. Signal mask empty, all signals default, no descriptor above 2 inherited.
typedef struct csys_spawn_options {
  /// Looked for in PATH of the parent when it holds no slash and `search` is true.
  const char *_Nonnull path;
  char *_Nullable const *_Nonnull argv;
  char *_Nullable const *_Nonnull envp;
  /// Null keeps the parent's.
  const char *_Nullable directory;
  /// Descriptors of the parent that become 0, 1 and 2; -1 means /dev/null.
  int fds[3];
  bool search;
  /// A session (and group) of its own; wins over `new_group`.
  bool new_session;
  bool new_group;
} csys_spawn_options;

/// Starts a child. Returns 0 or an errno value; `ENOENT` and the like come from exec itself.
/// `exit_fd` becomes readable when the child ends: a pidfd, or on kernels before 5.3 an eventfd fed by a waiting thread.
int csys_spawn(const csys_spawn_options *_Nonnull options, int *_Nonnull pid, int *_Nonnull exit_fd);

/// A descriptor that becomes readable when the process ends; for processes that are not our children. -1 and ENOSYS before Linux 5.3.
int csys_pidfd_open(int pid);
/// Sends a signal to exactly the process behind a pidfd.
int csys_pidfd_signal(int pidfd, int signal);

/// How a child ended.
typedef struct csys_exit {
  /// Exit status, or -1 when a signal ended it.
  int status;
  /// The signal that ended it, or 0.
  int signal;
} csys_exit;

/// Reaps an ended child: 1 when reaped, 0 when it still runs (only without `block`), -1 on error.
int csys_reap(int pid, bool block, csys_exit *_Nonnull result);
