#define _GNU_SOURCE
#include "CSys.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int csys_errno(void) { return errno; }

int csys_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int epoll_change(int epoll, int operation, int fd, uint32_t events, uint64_t tag) {
  struct epoll_event event = {.events = events, .data.u64 = tag};
  return epoll_ctl(epoll, operation, fd, &event);
}

int csys_epoll_add(int epoll, int fd, uint32_t events, uint64_t tag) {
  return epoll_change(epoll, EPOLL_CTL_ADD, fd, events, tag);
}

int csys_epoll_modify(int epoll, int fd, uint32_t events, uint64_t tag) {
  return epoll_change(epoll, EPOLL_CTL_MOD, fd, events, tag);
}

int csys_epoll_remove(int epoll, int fd) { return epoll_change(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int csys_epoll_wait(int epoll, csys_event *events, int capacity, int timeout_ms) {
  struct epoll_event raw[64];
  int count = epoll_wait(epoll, raw, capacity < 64 ? capacity : 64, timeout_ms);
  if (count < 0) return errno == EINTR ? 0 : -1;
  for (int i = 0; i < count; i++) events[i] = (csys_event){.tag = raw[i].data.u64, .events = raw[i].events};
  return count;
}

int csys_eventfd(bool nonblocking) { return eventfd(0, EFD_CLOEXEC | (nonblocking ? EFD_NONBLOCK : 0)); }

int csys_eventfd_signal(int fd) {
  uint64_t one = 1;
  ssize_t written;
  do written = write(fd, &one, sizeof one);
  while (written == -1 && errno == EINTR);
  return written == sizeof one || errno == EAGAIN ? 0 : -1;
}

int csys_eventfd_clear(int fd) {
  uint64_t value;
  ssize_t count;
  do count = read(fd, &value, sizeof value);
  while (count == -1 && errno == EINTR);
  return count == sizeof value || errno == EAGAIN ? 0 : -1;
}

int csys_eventfd_wait(int fd) { return csys_eventfd_clear(fd); }

static sigset_t set_of(const int *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
  return set;
}

int csys_signalfd(const int *signals, size_t count) {
  sigset_t set = set_of(signals, count);
  int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (error != 0) {
    errno = error;
    return -1;
  }
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int csys_signalfd_read(int fd) {
  struct signalfd_siginfo info;
  ssize_t count;
  do count = read(fd, &info, sizeof info);
  while (count == -1 && errno == EINTR);
  return count == sizeof info ? (int)info.ssi_signo : 0;
}

int csys_block_signals(const int *signals, size_t count, bool block) {
  sigset_t set = set_of(signals, count);
  int error = pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

int csys_ignore_signal(int signal, bool ignore) {
  struct sigaction action = {.sa_handler = ignore ? SIG_IGN : SIG_DFL};
  return sigaction(signal, &action, NULL);
}

int csys_poll(int fd, int events, int timeout_ms) {
  struct pollfd one = {.fd = fd, .events = (short)events};
  int count;
  do count = poll(&one, 1, timeout_ms);
  while (count == -1 && errno == EINTR);
  return count > 0 ? one.revents : count;
}

int csys_poll_pair(int fd1, int events1, int *revents1, int fd2, int events2, int *revents2, int timeout_ms) {
  struct pollfd two[2] = {{.fd = fd1, .events = (short)events1}, {.fd = fd2, .events = (short)events2}};
  int count;
  do count = poll(two, 2, timeout_ms);
  while (count == -1 && errno == EINTR);
  *revents1 = two[0].revents;
  *revents2 = two[1].revents;
  return count;
}

struct thread_start {
  void (*body)(void *);
  void *context;
  char name[16];
};

static void *thread_main(void *argument) {
  struct thread_start start = *(struct thread_start *)argument;
  free(argument);
  pthread_setname_np(pthread_self(), start.name);
  start.body(start.context);
  return NULL;
}

int csys_thread_start(const char *name, void (*body)(void *), void *context) {
  struct thread_start *start = calloc(1, sizeof *start);
  if (start == NULL) return ENOMEM;
  start->body = body;
  start->context = context;
  strncpy(start->name, name, sizeof start->name - 1);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, thread_main, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (error != 0) free(start);
  return error;
}

int csys_thread_id(void) { return (int)syscall(SYS_gettid); }

int csys_set_subreaper(bool on) { return prctl(PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0); }

int csys_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int csys_set_not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

extern char **environ;
char **csys_environment(void) { return environ; }

int csys_random(void *bytes, size_t count) {
  char *next = bytes;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    next += got;
    count -= (size_t)got;
  }
  return 0;
}

static int64_t milliseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t csys_boot_milliseconds(void) { return milliseconds(CLOCK_BOOTTIME); }

int64_t csys_wall_milliseconds(void) { return milliseconds(CLOCK_REALTIME); }

static int unix_address(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address->sun_path, path);
  return 0;
}

int csys_unix_listen(const char *path, uint32_t mode) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  unlink(path);
  // The mode of the descriptor becomes the mode of the name that bind makes, so nobody can connect in between.
  if (fchmod(fd, mode) == 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && chmod(path, mode) == 0 &&
      listen(fd, 32) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int csys_unix_connect(const char *path) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result;
  do result = connect(fd, (struct sockaddr *)&address, sizeof address);
  while (result == -1 && errno == EINTR);
  if (result == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int csys_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int csys_socketpair(int fds[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds); }

int csys_peer(int fd, uint32_t *uid, int *pid) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *uid = peer.uid;
  *pid = peer.pid;
  return 0;
}
