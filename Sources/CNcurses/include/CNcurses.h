#pragma once
#include <stddef.h>
#include <stdint.h>

/// One cell as ncurses gets it. A wide character is one entry of width 2.
typedef struct {
  uint32_t base, mark1, mark2;
  uint16_t pair;
  uint16_t attributes;
} cn_cell;

#define CN_BOLD 1
#define CN_DIM 2
#define CN_UNDERLINE 4
#define CN_REVERSE 8
#define CN_ITALIC 16

typedef struct {
  char term[64];       // the terminal description that is in use
  char codeset[32];    // of the locale in use
  int exact;           // nonzero: it is the one that TERM names
  int unicode;         // nonzero: the locale is UTF-8
  int colours;         // COLORS, 0 without
  int pairs;           // COLOR_PAIRS
  int default_colours; // nonzero: -1 is a colour
  char reset[256];     // bytes that bring the terminal back: attributes, cursor, keypad, screen
  size_t reset_length;
} cn_info;

/// Sets the locale; falls back to C.UTF-8 when the codeset is not UTF-8 and `tty_is_utf8` is nonzero, but for a locale that LC_ALL
/// or LC_CTYPE chose: LC_ALL=C asks for ASCII. Nonzero: UTF-8.
int cn_locale(int tty_is_utf8, cn_info *_Nonnull info);
/// Opens the screen on stdin and stdout. `candidates` is the NULL-terminated ladder of terminal names, tried in order.
/// Returns 0, -1 when none of them is known, -2 when descriptors cannot be had.
int cn_open(const char *_Nullable const *_Nonnull candidates, cn_info *_Nonnull info);
/// Puts the shell's mode back and makes the bytes that leave the alternate screen; cn_enter comes back, and the next flush
/// repaints all.
void cn_leave(void);
void cn_enter(void);
/// Frees the screen, after cn_leave.
void cn_close(void);
void cn_resize(int rows, int columns);
/// Defines a colour pair; returns 0, or -1 when this terminal cannot.
int cn_pair(int pair, int foreground, int background);
/// Puts `count` cells in row `row` from column 0.
void cn_row(int row, const cn_cell *_Nonnull cells, int count);
/// Where the cursor is after the next flush; `visible` 0 hides it.
void cn_cursor(int row, int column, int visible);
/// Adds raw bytes to the next frame.
void cn_raw(const char *_Nonnull bytes);
/// Makes the bytes that show what has changed.
void cn_flush(void);
/// The bytes that cn_flush and cn_leave have made and that now have to be sent; valid until the next call of either.
const char *_Nullable cn_take(size_t *_Nonnull length);
/// The same for the screen as `bytes`, which ncurses made, in fewer bytes where that can be; valid until the next call. The
/// pen and what is known of the terminal are kept from one call to the next.
const char *_Nullable cn_shorten(const char *_Nonnull bytes, size_t length, int columns, size_t *_Nonnull shortened);
/// Forgets what is known of the terminal, which others may have used. `moves` nonzero: it understands the usual sequences that
/// move the cursor.
void cn_shorten_begin(int moves);
/// Makes the next flush repaint everything.
void cn_repaint(void);
