#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"
#include <langinfo.h>
#include <locale.h>
#include <ncursesw/curses.h>
#include <stdlib.h>
#include <string.h>

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

int cn_locale(int tty_is_utf8, cn_info *info) {
  const char *set = setlocale(LC_ALL, "");
  int utf8 = set != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  // TERM=linux, serial lines and old telnet do not set IUTF8 on their own; a C locale there stays ASCII.
  if (!utf8 && tty_is_utf8 && setlocale(LC_CTYPE, "C.UTF-8") != NULL) utf8 = 1;
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
  for (int i = 0; candidates[i] != NULL && screen == NULL; i++) {
    screen = newterm((char *)candidates[i], stdout, stdin);
    if (screen == NULL) continue;
    strncpy(info->term, candidates[i], sizeof info->term - 1);
    info->exact = i == 0;
  }
  if (screen == NULL) return -1;
  configure();
  if (has_colors() && start_color() == OK) {
    info->default_colours = use_default_colors() == OK;
    info->colours = COLORS;
    info->pairs = COLOR_PAIRS;
  }
  info->reset_length = 0;
  append_capability(info, "sgr0");
  append_capability(info, "cnorm");
  append_capability(info, "rmkx");
  append_capability(info, "rmcup");
  // The flush fix: until doupdate has come back from endwin once, every cursor movement is a write of its own.
  endwin();
  cn_enter();
  return 0;
}

void cn_enter(void) {
  cursor_visible = -1;
  clearok(curscr, TRUE);
  wnoutrefresh(stdscr);
}

void cn_leave(void) {
  if (cursor_visible == 0) cn_cursor(LINES - 1, 0, 1);
  endwin();
}

void cn_close(void) {
  if (screen == NULL) return;
  if (!isendwin()) cn_leave();
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
  wnoutrefresh(stdscr);
  doupdate();
}

void cn_repaint(void) { clearok(curscr, TRUE); }
