#define _GNU_SOURCE
#include "csys_tty.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

extern char **environ;

// Widths ------------------------------------------------------------------------------------------------------------

static locale_t utf8_locale;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;

static void make_utf8_locale(void) { utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int csys_cell_width(uint32_t scalar) {
  if (scalar < 0x7f) return scalar < 0x20 ? -1 : 1;
  pthread_once(&utf8_once, make_utf8_locale);
  if (utf8_locale == (locale_t)0) return wcwidth((wchar_t)scalar);
  locale_t before = uselocale(utf8_locale);
  int width = wcwidth((wchar_t)scalar);
  uselocale(before);
  return width;
}

// Waking and waiting ------------------------------------------------------------------------------------------------

int csys_tty_poll(int tty_in, int tty_out, int want_output, int wake, int signals, int timeout_ms) {
  struct pollfd fds[4] = {
      {.fd = tty_in, .events = POLLIN},
      {.fd = want_output ? tty_out : -1, .events = POLLOUT},
      {.fd = wake, .events = POLLIN},
      {.fd = signals, .events = POLLIN},
  };
  if (poll(fds, 4, timeout_ms) <= 0) return 0;
  int bits = 0;
  if (fds[0].revents & POLLIN) bits |= CSYS_POLL_TTY_IN;
  if ((fds[0].revents | fds[1].revents) & (POLLHUP | POLLERR | POLLNVAL)) bits |= CSYS_POLL_TTY_HANGUP;
  if (fds[1].revents & POLLOUT) bits |= CSYS_POLL_TTY_OUT;
  if (fds[2].revents & POLLIN) bits |= CSYS_POLL_WAKE;
  if (fds[3].revents & POLLIN) bits |= CSYS_POLL_SIGNAL;
  return bits;
}

// Orderly signals ---------------------------------------------------------------------------------------------------

static const int watched[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP};
enum { WATCHED = sizeof watched / sizeof watched[0] };
static struct sigaction watched_before[WATCHED];
static sigset_t mask_before;

static void do_nothing(int signal) { (void)signal; }

int csys_tty_signals_open(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < WATCHED; i++) sigaddset(&set, watched[i]);
  int error = pthread_sigmask(SIG_BLOCK, &set, &mask_before);
  if (error != 0) { errno = error; return -1; }
  struct sigaction quiet = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
  sigemptyset(&quiet.sa_mask);
  for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &quiet, &watched_before[i]);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

void csys_tty_signals_close(int fd) {
  for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &watched_before[i], NULL);
  pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
  if (fd >= 0) close(fd);
}

int csys_tty_signals_next(int fd) {
  struct signalfd_siginfo info;
  return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

void csys_tty_stop_self(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL}, before;
  sigemptyset(&standard.sa_mask);
  sigaction(SIGTSTP, &standard, &before);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  kill(0, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, NULL); // stops here; goes on after SIGCONT
  pthread_sigmask(SIG_BLOCK, &stop, NULL);
  sigaction(SIGTSTP, &before, NULL);
}

// Fatal signals -----------------------------------------------------------------------------------------------------
//
// The handler may run after any corruption: it uses nothing but write, tcsetattr and sigaction on data that was made
// ready when the screen was opened. It runs once, on a stack of its own (so a stack overflow on the thread that armed it
// is covered; pool threads have no alternate stack, a known hole), puts the terminal back and then the previous handler
// into place, and returns, so that the fault happens again under it: core dumps, exit status and backtraces stay honest.

static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
enum { FATAL = sizeof fatal / sizeof fatal[0] };
static struct sigaction fatal_before[FATAL];
static struct {
  int armed, fd;
  size_t length;
  char bytes[512];
  struct termios mode;
  void *stack;
} guard;

static void restore_and_chain(int signal, siginfo_t *info, void *context) {
  (void)context;
  if (__sync_bool_compare_and_swap(&guard.armed, 1, 2)) {
    ssize_t ignored = write(guard.fd, guard.bytes, guard.length);
    (void)ignored;
    tcsetattr(guard.fd, TCSANOW, &guard.mode);
  }
  for (int i = 0; i < FATAL; i++)
    if (fatal[i] == signal) sigaction(signal, &fatal_before[i], NULL);
  // A fault repeats by itself when we return; one that was sent (kill, raise, abort) has to be sent again.
  if (info == NULL || info->si_code <= 0 || signal == SIGABRT) raise(signal);
}

int csys_tty_guard_arm(int fd, const void *reset, size_t length) {
  if (guard.armed == 1) csys_tty_guard_disarm();
  if (tcgetattr(fd, &guard.mode) != 0) return -1;
  guard.fd = fd;
  guard.length = length < sizeof guard.bytes ? length : sizeof guard.bytes;
  memcpy(guard.bytes, reset, guard.length);
  if (guard.stack == NULL) guard.stack = malloc(65536);
  if (guard.stack == NULL) return -1;
  stack_t stack = {.ss_sp = guard.stack, .ss_size = 65536, .ss_flags = 0};
  sigaltstack(&stack, NULL);
  guard.armed = 1;
  struct sigaction action = {.sa_sigaction = restore_and_chain, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &fatal_before[i]);
  return 0;
}

void csys_tty_guard_disarm(void) {
  if (guard.armed != 1) return;
  guard.armed = 0;
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
}

int csys_tty_guard_restore_mode(void) { return tcsetattr(guard.fd, TCSADRAIN, &guard.mode); }

// The terminal itself -----------------------------------------------------------------------------------------------

int csys_tty_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int csys_tty_is_utf8(int fd) {
  struct termios mode;
  return tcgetattr(fd, &mode) == 0 && (mode.c_iflag & IUTF8) != 0;
}

int csys_pty_open(char *path, size_t capacity, int columns, int rows) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (grantpt(fd) != 0 || unlockpt(fd) != 0 || ptsname_r(fd, path, capacity) != 0) { close(fd); return -1; }
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  ioctl(fd, TIOCSWINSZ, &size);
  return fd;
}

int csys_thread_written(uint64_t *bytes, uint64_t *calls) {
  char text[512];
  int fd = open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return -1;
  text[count] = 0;
  const char *wchar = strstr(text, "wchar: "), *syscw = strstr(text, "syscw: ");
  if (wchar == NULL || syscw == NULL) return -1;
  *bytes = strtoull(wchar + 7, NULL, 10);
  *calls = strtoull(syscw + 7, NULL, 10);
  return 0;
}

int csys_redirect(int fd, const char *path) {
  int target = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (target < 0) return -1;
  int saved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  if (saved >= 0) dup2(target, fd);
  close(target);
  return saved;
}

void csys_redirect_undo(int fd, int saved) {
  if (saved < 0) return;
  dup2(saved, fd);
  close(saved);
}

int csys_tty_run_child(int tty, char *const *arguments) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, standard;
  sigemptyset(&none);
  sigemptyset(&standard);
  for (int i = 0; i < WATCHED; i++) sigaddset(&standard, watched[i]);
  sigaddset(&standard, SIGQUIT);
  sigaddset(&standard, SIGPIPE);
  sigaddset(&standard, SIGTTOU);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &standard);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  pid_t child = 0;
  int error = posix_spawnp(&child, arguments[0], NULL, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) { errno = error; return -1; }
  // Handing the terminal over from the background group afterwards raises SIGTTOU: blocked while we do it.
  sigset_t background, before;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &background, &before);
  tcsetpgrp(tty, child);
  kill(-child, SIGCONT);
  int status = 0;
  for (;;) {
    pid_t ended = waitpid(child, &status, WUNTRACED);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) break;
    if (!WIFSTOPPED(status)) break;
    kill(-child, SIGCONT); // there is no shell to go back to: a stopped child goes on
    tcsetpgrp(tty, child);
  }
  tcsetpgrp(tty, getpgrp());
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
