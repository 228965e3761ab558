#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Columns that one Unicode scalar takes on a terminal, by libc's tables for UTF-8 whatever the process locale is:
/// 0 combining, 1, 2, or -1 for what cannot be shown.
int csys_cell_width(uint32_t scalar);

/// Catches SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM and SIGHUP, whichever thread they meet (so that no library installs
/// its own handlers), and returns the readable end of a pipe that tells of them, or -1 with errno. One at a time.
int csys_tty_signals_open(void);
/// Puts back the dispositions that were there before csys_tty_signals_open, and closes the descriptor.
///
/// With `ends` the program is about to end: a Ctrl-C too many does not turn that into a death by signal.
void csys_tty_signals_close(int fd, bool ends);
/// The next pending signal number, or 0 when there is none.
int csys_tty_signals_next(int fd);
/// Stops the whole process group as the terminal's suspend key does, and returns when it was continued. Call it between
/// csys_tty_signals_open and close.
void csys_tty_stop_self(void);

/// Saves the terminal's mode as it is now, to be put back when a fatal signal (ILL, TRAP, SEGV, BUS, ABRT, FPE) arrives.
/// Handlers run on an alternate stack, restore the terminal, then chain to what was installed before. Returns 0, or -1
/// with errno.
int csys_tty_guard_arm(int fd);
/// The bytes (copied, at most 512) that a fatal signal writes to the terminal.
void csys_tty_guard_bytes(const void *_Nonnull reset, size_t length);
/// Names the file that standard error goes to meanwhile: after a crash what is in it from `start` on is shown, at most
/// 2 KiB, on what standard error was before. NULL: there is none.
void csys_tty_guard_log(const char *_Nullable path, long start, int standard_error);
/// Takes the handlers out again.
void csys_tty_guard_disarm(void);
/// Columns and rows of the terminal behind `fd`; returns 0, or -1 when it has none or says 0.
int csys_tty_size(int fd, int *_Nonnull columns, int *_Nonnull rows);
/// Nonzero when the terminal's input flag IUTF8 is set: the emulator or sshd says that it speaks UTF-8.
int csys_tty_is_utf8(int fd);

#define CSYS_POLL_TTY_IN 1
#define CSYS_POLL_TTY_OUT 2
#define CSYS_POLL_TTY_HANGUP 4
#define CSYS_POLL_WAKE 8
#define CSYS_POLL_SIGNAL 16
/// Waits for the terminal's input, and its output when `want_output` is nonzero, the eventfd and the signals; a
/// descriptor of -1 is left out. `timeout_ms` -1 waits for ever. Returns CSYS_POLL_ bits, 0 at the time limit or EINTR.
int csys_tty_poll(int tty_in, int tty_out, int want_output, int wake, int signals, int timeout_ms);

/// Opens a pseudo terminal of the given size: the controlling side's descriptor is returned, the other side's path is put
/// in `path`. Returns -1 with errno.
int csys_pty_open(char *_Nonnull path, size_t capacity, int columns, int rows);

/// Opens the terminal behind `fd` once more, for output that does not block: O_NONBLOCK on `fd` itself would be shared with
/// the shell. Returns -1 with errno when that is not possible, for example after `su`.
int csys_tty_open_nonblocking(int fd);

/// Puts a new file in place of `fd` (append, created with mode 0600) and returns a duplicate of the old one, or -1.
int csys_redirect(int fd, const char *_Nonnull path);
/// Puts `saved` back in place of `fd` and closes it.
void csys_redirect_undo(int fd, int saved);
/// Runs a program in the foreground of the terminal, with the default signal mask and dispositions, and waits for it.
/// Returns its exit status, 128 + signal, or -1 with errno when it could not be started.
int csys_tty_run_child(int tty, char *_Nullable const *_Nonnull arguments);
