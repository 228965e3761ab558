#pragma once
/// What `import Glibc` lacks, under plain names and types. Every call that can fail returns -1 (or, where said, an errno value)
/// and sets errno; none prints, none exits. All descriptors that are made here are close-on-exec.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "csys_spawn.h"
#include "csys_files.h"
#include "csys_text.h"
#include "csys_tty.h"

/// The calling thread's errno; Swift sees `errno` too, but reading it through a function cannot be reordered.
int csys_errno(void);

// Event sources

/// Bits of an epoll event, with the kernel's values.
enum {
  CSYS_READABLE = 0x001,
  CSYS_WRITABLE = 0x004,
  CSYS_ERROR = 0x008,
  CSYS_HANGUP = 0x010,
  CSYS_PEER_CLOSED = 0x2000,
  CSYS_ONESHOT = 1 << 30,
};

/// One event as `csys_epoll_wait` reports it.
typedef struct csys_event {
  uint64_t tag;
  uint32_t events;
} csys_event;

int csys_epoll_create(void);
int csys_epoll_add(int epoll, int fd, uint32_t events, uint64_t tag);
int csys_epoll_modify(int epoll, int fd, uint32_t events, uint64_t tag);
int csys_epoll_remove(int epoll, int fd);
/// At most 64 events a call; `timeout_ms` -1 waits without end. EINTR is reported as no event.
int csys_epoll_wait(int epoll, csys_event *_Nonnull events, int capacity, int timeout_ms);

/// A counter to wake a poller with; not blocking when `nonblocking`.
int csys_eventfd(bool nonblocking);
/// Adds one. Safe in a signal handler.
int csys_eventfd_signal(int fd);
/// Takes the counter down to zero; returns 0 also when it was zero already.
int csys_eventfd_clear(int fd);
/// Blocks until the counter is not zero, then takes it down; for a thread of its own.
int csys_eventfd_wait(int fd);

/// Blocks the signals in the calling thread and returns a descriptor from which they are read.
int csys_signalfd(const int *_Nonnull signals, size_t count);
/// The next signal's number; 0 when there is none.
int csys_signalfd_read(int fd);
/// Blocks (or unblocks) signals in the calling thread; threads started later inherit it.
int csys_block_signals(const int *_Nonnull signals, size_t count, bool block);
/// Sets a signal to be ignored (or back to its default).
int csys_ignore_signal(int signal, bool ignore);

/// poll(2) on one descriptor: the returned events, 0 on time-out, -1 on error. `events` are CSYS_ bits.
int csys_poll(int fd, int events, int timeout_ms);
/// poll(2) on two descriptors: `revents` are set; -1 as a descriptor leaves it out.
int csys_poll_pair(int fd1, int events1, int *_Nonnull revents1, int fd2, int events2, int *_Nonnull revents2,
                   int timeout_ms);

// Threads and processes

/// Starts a detached thread with all signals blocked; `name` has at most 15 bytes. Returns an errno value.
int csys_thread_start(const char *_Nonnull name, void (*_Nonnull body)(void *_Nullable), void *_Nullable context);
int csys_thread_id(void);
/// Makes the calling process the reaper of its orphaned descendants.
int csys_set_subreaper(bool on);
/// The kernel sends `signal` to the calling process when its parent's thread ends; 0 takes it back.
int csys_set_parent_death_signal(int signal);
/// Core dumps and tracing by others are off from now on.
int csys_set_not_dumpable(void);
/// The calling process's environment, ended by null.
char *_Nullable *_Nonnull csys_environment(void);

/// Gives back to the kernel what a large piece of work has left: freed memory, and the pages of code that only it needed.
/// Costs some page faults, a fraction of a millisecond in all; not for often.
void csys_memory_give_back(void);

/// Lets all threads take memory from one heap, instead of one each that keeps what it had: for a program that works little and stays
/// long. To be called before the first thread is started.
void csys_memory_one_heap(void);

/// The digest that the linker has put into this program (`--build-id`), at most `capacity` bytes of it; returns its length, 0 where
/// there is none.
size_t csys_build_id(uint8_t *_Nonnull bytes, size_t capacity);

/// Random bytes of the kernel's generator; blocks only before it is seeded.
int csys_random(void *_Nonnull bytes, size_t count);
/// Milliseconds of a clock that does not stop while the machine sleeps and is never set.
int64_t csys_boot_milliseconds(void);
/// Milliseconds since 1970.
int64_t csys_wall_milliseconds(void);

// Unix sockets

/// Listens at `path` (at most 107 bytes), not blocking; an old socket there is replaced. The mode is set before anyone can connect.
int csys_unix_listen(const char *_Nonnull path, uint32_t mode);
int csys_unix_connect(const char *_Nonnull path);
int csys_accept(int fd);
/// A connected pair of stream sockets.
int csys_socketpair(int fds[_Nonnull 2]);
/// The user (and process) on the other end of a Unix socket, as the kernel recorded it at connect.
int csys_peer(int fd, uint32_t *_Nonnull uid, int *_Nonnull pid);
