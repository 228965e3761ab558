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
#include <sys/stat.h>
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

// A handler that writes the signal's number into a pipe, rather than a mask and a signalfd: it does not matter which thread
// a signal meets, nor whether threads were started before the screen was opened, and children inherit no mask.

static const int watched[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP};
enum { WATCHED = sizeof watched / sizeof watched[0] };
static struct sigaction watched_before[WATCHED];
static int signal_pipe[2] = {-1, -1};

static void report(int signal) {
  int saved = errno;
  unsigned char number = (unsigned char)signal;
  ssize_t ignored = write(signal_pipe[1], &number, 1);
  (void)ignored;
  errno = saved;
}

static void watch(int index, struct sigaction *before) {
  struct sigaction action = {.sa_handler = report, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  sigaction(watched[index], &action, before);
}

int csys_tty_signals_open(void) {
  if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
  // Whoever started us may have blocked them, and a program that cannot be told to end would be left.
  sigset_t wanted;
  sigemptyset(&wanted);
  for (int i = 0; i < WATCHED; i++) {
    watch(i, &watched_before[i]);
    sigaddset(&wanted, watched[i]);
  }
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
  return signal_pipe[0];
}

void csys_tty_signals_close(int fd, bool ends) {
  if (fd < 0) return;
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  for (int i = 0; i < WATCHED; i++) {
    sigaction(watched[i], ends && watched[i] == SIGINT ? &ignored : &watched_before[i], NULL);
  }
  close(signal_pipe[0]);
  close(signal_pipe[1]);
  signal_pipe[0] = signal_pipe[1] = -1;
}

int csys_tty_signals_next(int fd) {
  unsigned char number = 0;
  return read(fd, &number, 1) == 1 ? number : 0;
}

void csys_tty_stop_self(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigemptyset(&standard.sa_mask);
  sigaction(SIGTSTP, &standard, NULL);
  kill(0, SIGTSTP);
  // The stop may come a moment after kill returns; SIGCONT ends the wait. A group without a shell is never stopped.
  struct pollfd continued = {.fd = signal_pipe[0], .events = POLLIN};
  poll(&continued, 1, 300);
  for (int i = 0; i < WATCHED; i++)
    if (watched[i] == SIGTSTP) watch(i, NULL);
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
  // Where standard error goes meanwhile, from where on it is new, and what it was before.
  char log[512];
  off_t log_start;
  int standard_error;
} guard;

static void say(const char *text, size_t length) {
  ssize_t ignored = write(2, text, length);
  (void)ignored;
}

// What was written to standard error last, such as why Swift trapped, without what could drive the terminal.
static void show_end_of_log(void) {
  dup2(guard.standard_error, 2);
  int file = open(guard.log, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  static char end[2048];
  off_t size = lseek(file, 0, SEEK_END), start = guard.log_start;
  if (size - start > (off_t)sizeof end) start = size - (off_t)sizeof end;
  ssize_t count = pread(file, end, sizeof end, start);
  close(file);
  static const char before[] = "easel has crashed; operations go on. The end of ";
  say(before, sizeof before - 1);
  say(guard.log, strlen(guard.log));
  say(":\n", 2);
  for (ssize_t i = 0; i < count; i++)
    if ((end[i] >= 0 && end[i] < ' ' && end[i] != '\n') || end[i] == 0x7f || end[i] == (char)0xc2) end[i] = '?';
  if (count > 0) say(end, (size_t)count);
  say("\n", 1);
}

static void restore_and_chain(int signal, siginfo_t *info, void *context) {
  (void)context;
  if (__sync_bool_compare_and_swap(&guard.armed, 1, 2)) {
    ssize_t ignored = write(guard.fd, guard.bytes, guard.length);
    (void)ignored;
    tcsetattr(guard.fd, TCSANOW, &guard.mode);
    if (guard.log[0] != 0) show_end_of_log();
  }
  for (int i = 0; i < FATAL; i++)
    if (fatal[i] == signal) sigaction(signal, &fatal_before[i], NULL);
  // A fault repeats by itself when we return; one that was sent (kill, raise, abort) has to be sent again.
  if (info == NULL || info->si_code <= 0 || signal == SIGABRT) raise(signal);
}

int csys_tty_guard_arm(int fd) {
  if (guard.armed == 1) csys_tty_guard_disarm();
  if (tcgetattr(fd, &guard.mode) != 0) return -1;
  guard.fd = fd;
  guard.length = 0;
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

void csys_tty_guard_bytes(const void *reset, size_t length) {
  size_t kept = length < sizeof guard.bytes ? length : sizeof guard.bytes;
  memcpy(guard.bytes, reset, kept);
  guard.length = kept;
}

void csys_tty_guard_log(const char *path, long start, int standard_error) {
  guard.log[0] = 0;
  if (path == NULL || strlen(path) >= sizeof guard.log) return;
  guard.log_start = (off_t)start;
  guard.standard_error = standard_error;
  strcpy(guard.log, path);
}

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

int csys_tty_open_nonblocking(int fd) {
  char path[128];
  if (ttyname_r(fd, path, sizeof path) != 0) return -1;
  int own = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (own >= 0) return own;
  // The device belongs to somebody else, but it may be our controlling terminal all the same.
  struct stat device;
  if (fstat(fd, &device) != 0) return -1;
  own = open("/dev/tty", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  unsigned int number = 0;
  if (own >= 0 && (ioctl(own, TIOCGDEV, &number) != 0 || number != (unsigned int)device.st_rdev)) {
    close(own);
    own = -1;
  }
  return own;
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
