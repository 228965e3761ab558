#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// ncurses' own buffer, which goes out with the frame. putp would use stdio's, and curs_set writes at once; neither is in
// the public header, but the symbol has been exported with this signature since 1999.
extern int _nc_outch(int character);
// term.h, which declares it, turns words like `columns` into macros.
extern int tputs(const char *text, int lines, int (*put)(int));

// ncurses keeps process-wide state: everything here is called from the one thread that owns the screen.
static SCREEN *screen;
static cchar_t *row_buffer;
static int row_capacity;
static int cursor_visible = -1;

// What ncurses writes is caught: its output descriptor is a private one, which is the terminal while modes are changed and
// a memory file while a frame is made. So a frame is one write whatever the size of ncurses' buffer, its bytes can be
// counted, and the caller can send them to a terminal that takes only a part (ncurses itself would block, or spin on
// EAGAIN). Nobody else's descriptors are touched.
static FILE *output;
static struct termios shell_mode, screen_mode;
static int output_fd = -1, terminal_fd = -1, memory_fd = -1;
static char *frame;
static size_t frame_length, frame_capacity;
// Whether the terminal speaks as those of ANSI do, and whether it moves its cursor as they do.
static int is_usual, moves_usually;

static int open_descriptors(void) {
  if (output != NULL) return 1;
  terminal_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
  output_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
  memory_fd = memfd_create("frame", MFD_CLOEXEC);
  if (terminal_fd < 0 || output_fd < 0 || memory_fd < 0) return 0;
  output = fdopen(output_fd, "w");
  return output != NULL;
}

static void catch_output(void) { dup3(memory_fd, output_fd, O_CLOEXEC); }

// Appends what was caught to the frame, and gives ncurses the terminal again.
static void release_output(void) {
  dup3(terminal_fd, output_fd, O_CLOEXEC);
  off_t end = lseek(memory_fd, 0, SEEK_CUR);
  if (end <= 0) return;
  size_t wanted = frame_length + (size_t)end;
  if (wanted > frame_capacity) {
    char *bigger = realloc(frame, wanted);
    if (bigger == NULL) return;
    frame = bigger;
    frame_capacity = wanted;
  }
  ssize_t count = pread(memory_fd, frame + frame_length, (size_t)end, 0);
  if (count > 0) frame_length += (size_t)count;
  lseek(memory_fd, 0, SEEK_SET);
}

const char *cn_take(size_t *length) {
  *length = frame_length;
  frame_length = 0;
  return is_usual ? cn_shorten(frame, *length, COLS, length) : frame;
}

static int is_capability(const char *name, const char *wanted) {
  const char *text = tigetstr(name);
  return text != NULL && text != (char *)-1 && strcmp(text, wanted) == 0;
}

static void learn_sequences(void) {
  is_usual = is_capability("cup", "\033[%i%p1%d;%p2%dH");
  moves_usually = is_usual && is_capability("hpa", "\033[%i%p1%dG") && is_capability("vpa", "\033[%i%p1%dd") &&
                  is_capability("cuf", "\033[%p1%dC") && is_capability("cr", "\r") && is_capability("ind", "\n") &&
                  tigetflag("xenl") == 1;
}

// Whether the operator has named the character set: LC_ALL or LC_CTYPE is set. LANG alone is often nobody's choice.
static int is_locale_chosen(void) {
  const char *all = getenv("LC_ALL"), *type = getenv("LC_CTYPE");
  return (all != NULL && *all != 0) || (type != NULL && *type != 0);
}

int cn_locale(int tty_is_utf8, cn_info *info) {
  const char *set = setlocale(LC_ALL, "");
  int utf8 = set != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  // TERM=linux, serial lines and old telnet do not set IUTF8 on their own; a C locale there stays ASCII.
  // A locale that was chosen but is not installed (set is NULL) says UTF-8 often enough; C that was chosen is meant.
  int is_meant = set != NULL && is_locale_chosen();
  if (!utf8 && tty_is_utf8 && !is_meant && setlocale(LC_CTYPE, "C.UTF-8") != NULL) utf8 = 1;
  strncpy(info->codeset, nl_langinfo(CODESET), sizeof info->codeset - 1);
  info->unicode = utf8;
  return utf8;
}

static void append_capability(cn_info *info, const char *name) {
  const char *text = tigetstr(name);
  if (text == NULL || text == (char *)-1) return;
  // Padding ($<5>) is left out: these bytes may be written by a signal handler.
  for (const char *p = text; *p != 0 && info->reset_length < sizeof info->reset; p++) {
    if (p[0] == '$' && p[1] == '<') {
      const char *end = strchr(p, '>');
      if (end != NULL) { p = end; continue; }
    }
    info->reset[info->reset_length++] = *p;
  }
}

static void configure(void) {
  raw();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  typeahead(-1); // an update is never left half done because a key waits
}

int cn_open(const char *const *candidates, cn_info *info) {
  if (!open_descriptors() || tcgetattr(STDOUT_FILENO, &shell_mode) != 0) return -2;
  for (int i = 0; candidates[i] != NULL && screen == NULL; i++) {
    screen = newterm((char *)candidates[i], output, stdin);
    if (screen == NULL) continue;
    strncpy(info->term, candidates[i], sizeof info->term - 1);
    info->exact = i == 0;
  }
  if (screen == NULL) return -1;
  configure();
  tcgetattr(terminal_fd, &screen_mode);
  if (has_colors() && start_color() == OK) {
    info->default_colours = use_default_colors() == OK;
    info->colours = COLORS;
    info->pairs = COLOR_PAIRS;
  }
  learn_sequences();
  info->reset_length = 0;
  append_capability(info, "sgr0");
  append_capability(info, "cnorm");
  append_capability(info, "rmkx");
  append_capability(info, "rmcup");
  // The flush fix: until doupdate has come back from endwin once, every cursor movement is a write of its own (here into
  // memory, but still a system call).
  cn_leave();
  cn_enter();
  return 0;
}

void cn_enter(void) {
  // doupdate does this too, but at a time when ncurses does not have the terminal. The shell's mode may be another one now.
  tcgetattr(terminal_fd, &shell_mode);
  tcsetattr(terminal_fd, TCSANOW, &screen_mode);
  cursor_visible = -1;
  cn_shorten_begin(moves_usually);
  clearok(curscr, TRUE);
  wnoutrefresh(stdscr);
}

void cn_leave(void) {
  if (cursor_visible == 0) cn_cursor(LINES - 1, 0, 1);
  catch_output();
  endwin();
  release_output();
  // Not reset_shell_mode: it writes, and waits for a terminal that may have stalled.
  tcsetattr(terminal_fd, TCSANOW, &shell_mode);
}

void cn_close(void) {
  if (screen == NULL) return;
  delscreen(screen);
  screen = NULL;
  free(row_buffer);
  row_buffer = NULL;
  row_capacity = 0;
}

void cn_resize(int rows, int columns) {
  resize_term(rows, columns);
  clearok(curscr, TRUE);
}

int cn_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == OK ? 0 : -1;
}

void cn_row(int row, const cn_cell *cells, int count) {
  if (row >= LINES) return;
  if (count > row_capacity) {
    cchar_t *bigger = realloc(row_buffer, (size_t)count * sizeof *bigger);
    if (bigger == NULL) return;
    row_buffer = bigger;
    row_capacity = count;
  }
  for (int i = 0; i < count; i++) {
    const cn_cell *cell = &cells[i];
    wchar_t text[4] = {(wchar_t)cell->base, (wchar_t)cell->mark1, (wchar_t)cell->mark2, 0};
    attr_t attributes = 0;
    if (cell->attributes & CN_BOLD) attributes |= A_BOLD;
    if (cell->attributes & CN_DIM) attributes |= A_DIM;
    if (cell->attributes & CN_UNDERLINE) attributes |= A_UNDERLINE;
    if (cell->attributes & CN_REVERSE) attributes |= A_REVERSE;
    if (cell->attributes & CN_ITALIC) attributes |= A_ITALIC;
    int pair = cell->pair;
    setcchar(&row_buffer[i], text, attributes, 0, &pair);
  }
  mvwadd_wchnstr(stdscr, row, 0, row_buffer, count);
}

void cn_cursor(int row, int column, int visible) {
  if (visible != cursor_visible) {
    const char *text = tigetstr(visible ? "cnorm" : "civis");
    if (text != NULL && text != (char *)-1) tputs(text, 1, _nc_outch);
    cursor_visible = visible;
  }
  leaveok(stdscr, visible ? FALSE : TRUE);
  if (visible) wmove(stdscr, row < LINES ? row : LINES - 1, column < COLS ? column : COLS - 1);
}

void cn_raw(const char *bytes) { tputs(bytes, 1, _nc_outch); }

void cn_flush(void) {
  catch_output();
  wnoutrefresh(stdscr);
  doupdate();
  release_output();
}

void cn_repaint(void) { clearok(curscr, TRUE); }
