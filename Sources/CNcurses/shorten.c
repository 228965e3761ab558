#include "CNcurses.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Says what ncurses says in fewer bytes. ncurses sends each change of the pen whole and at once: a character set that is never
// left, colours that the reset behind them takes back, attributes of blanks that nobody can see; and it goes to a place by row
// and column where a line feed or a few columns to the right lead there. Over a slow line that is a quarter of a picture.
//
// Nothing is guessed: the pen is set before something is drawn or erased with it, the cursor is moved before something is
// drawn, and both stand at the end where ncurses believes them. What is not understood is passed on as it is; after it, and
// after a character beyond ASCII, on whose width terminals do not agree, places stay as ncurses gives them until it gives one
// by row and column.

// Attributes are bits by the number that sets them (1 bold to 9 struck out). Colours: 0 to 15 by a number of their own, from
// PALETTE on by their number in a palette, from DIRECT on by their parts, or the terminal's own.
enum { UNDERLINED = 1 << 4, REVERSED = 1 << 7, OWN = -1, PALETTE = 1 << 8, DIRECT = 1 << 24, NO_ROW = 1 << 20 };

typedef struct {
  int attributes, foreground, background;
} pen;

// A row of -1: nobody knows.
typedef struct {
  int row, column;
} place;

static pen wanted = {0, OWN, OWN}, used = {0, OWN, OWN};
static int pen_is_known, charset_is_known, may_move;
// SO or SI, whichever was sent last: which of two character sets is drawn with. 0: nobody knows.
static unsigned char shift;
static place here, there;
// In a picture that began with an empty screen: the lowest row that something may stand in. Otherwise NO_ROW.
static int lowest;

static char *out;
static size_t out_length, out_capacity;

static void add(const char *bytes, size_t length) {
  if (out_length + length > out_capacity) {
    char *bigger = realloc(out, (out_length + length) * 2);
    if (bigger == NULL) abort();
    out = bigger;
    out_capacity = (out_length + length) * 2;
  }
  memcpy(out + out_length, bytes, length);
  out_length += length;
}

// The pen

static int put_colour(char *text, int colour, int ground) {
  if (colour >= DIRECT)
    return sprintf(text, ";%d8;2;%d;%d;%d", ground, colour >> 16 & 255, colour >> 8 & 255, colour & 255);
  if (colour >= PALETTE) return sprintf(text, ";%d8;5;%d", ground, colour - PALETTE);
  if (colour >= 8) return sprintf(text, ";%d", (ground == 3 ? 90 : 100) + colour - 8);
  return sprintf(text, ";%d", ground * 10 + colour);
}

// The numbers that set a pen, each with a semicolon before it.
static int put_pen(char *text, int attributes, int foreground, int background) {
  int length = 0;
  for (int bit = 1; bit < 10; bit++)
    if (attributes & 1 << bit) length += sprintf(text + length, ";%d", bit);
  if (foreground != OWN) length += put_colour(text + length, foreground, 3);
  if (background != OWN) length += put_colour(text + length, background, 4);
  return length;
}

static void set_pen(void) {
  char text[96], more[96];
  if (pen_is_known && memcmp(&used, &wanted, sizeof used) == 0) return;
  int length = put_pen(text + 2, wanted.attributes, wanted.foreground, wanted.background);
  // A sequence without numbers is one with a 0.
  if (length > 0) length += 2;
  memcpy(text, ";0", 2);
  int can_add = pen_is_known && (used.attributes & ~wanted.attributes) == 0 &&
                (wanted.foreground != OWN || used.foreground == OWN) && (wanted.background != OWN || used.background == OWN);
  if (can_add) {
    int added = put_pen(more, wanted.attributes & ~used.attributes,
                        wanted.foreground == used.foreground ? OWN : wanted.foreground,
                        wanted.background == used.background ? OWN : wanted.background);
    if (added < length) memcpy(text, more, (size_t)(length = added));
  }
  add("\033[", 2);
  if (length > 0) add(text + 1, (size_t)length - 1);
  add("m", 1);
  used = wanted;
  pen_is_known = 1;
}

// Before blanks, and before what erases: only the ground is seen of those.
static void set_ground(void) {
  int is_seen = (used.attributes | wanted.attributes) & (UNDERLINED | REVERSED);
  if (!pen_is_known || is_seen || used.background != wanted.background) set_pen();
}

// Takes in the numbers of an `m`; 0 when there are some that it does not know.
static int want_pen(const int *numbers, int count) {
  int knows_all = 1;
  pen next = wanted;
  for (int i = 0; i < count; i++) {
    int number = numbers[i];
    int *colour = number / 10 % 2 == 1 ? &next.foreground : &next.background;
    if (number == 0) {
      next = (pen){0, OWN, OWN};
    } else if (number < 10) {
      next.attributes |= 1 << number;
    } else if (number > 20 && number < 30) {
      next.attributes &= ~(number == 22 ? 1 << 1 | 1 << 2 : 1 << (number - 20));
    } else if ((number >= 30 && number < 38) || (number >= 40 && number < 48)) {
      *colour = number % 10;
    } else if (number == 39 || number == 49) {
      *colour = OWN;
    } else if ((number == 38 || number == 48) && i + 2 < count && numbers[i + 1] == 5) {
      *colour = PALETTE + (numbers[i + 2] & 255);
      i += 2;
    } else if ((number == 38 || number == 48) && i + 4 < count && numbers[i + 1] == 2) {
      *colour = DIRECT | (numbers[i + 2] & 255) << 16 | (numbers[i + 3] & 255) << 8 | (numbers[i + 4] & 255);
      i += 4;
    } else if (number >= 90 && number < 98) {
      next.foreground = number - 90 + 8;
    } else if (number >= 100 && number < 108) {
      next.background = number - 100 + 8;
    } else {
      knows_all = 0;
    }
  }
  wanted = next;
  return knows_all;
}

// The cursor

static void lose_place(void) { here.row = there.row = -1; }

// The cheapest way to where ncurses wants to be.
static void go(void) {
  char best[64], other[64];
  if (there.row < 0 || (here.row == there.row && here.column == there.column)) return;
  int length = sprintf(best, "\033[%d;%dH", there.row + 1, there.column + 1);
  int count;
#define TRY(...) if ((count = sprintf(other, __VA_ARGS__)) < length) memcpy(best, other, (size_t)(length = count))
  if (there.row == 0 && there.column == 0) TRY("\033[H");
  if (may_move && here.row == there.row) {
    int right = there.column - here.column;
    TRY("\033[%dG", there.column + 1);
    if (there.column == 0) TRY("\r");
    if (right == 1) TRY("\033[C");
    if (right > 1) TRY("\033[%dC", right);
    if (right < 0 && right > -4) TRY("%.*s", -right, "\b\b\b");
  } else if (may_move && here.row >= 0 && there.row > here.row && there.row - here.row < 4) {
    const char *feeds = &"\n\n\n"[3 - (there.row - here.row)];
    if (there.column == 0) TRY("\r%s", feeds);
    if (there.column == 1) TRY("\r%s\033[C", feeds);
    if (there.column > 1) TRY("\r%s\033[%dC", feeds, there.column);
    // In a row that is still empty blanks may be written for the way.
    int is_bare = pen_is_known && (used.attributes & (UNDERLINED | REVERSED)) == 0 && used.background == OWN;
    if (there.row > lowest && is_bare && there.column < 4) TRY("\r%s%*s", feeds, there.column, "");
  }
  if (may_move && here.row >= 0 && here.column == there.column) TRY("\033[%dd", there.row + 1);
#undef TRY
  add(best, (size_t)length);
  here = there;
}

// Something was drawn whose end nobody knows: in this row, or over its margin in the next one.
static void step_out_of_sight(void) {
  if (there.row >= 0 && there.row >= lowest) lowest = there.row + 1;
  lose_place();
}

// A character of one column was drawn.
static void step(int columns) {
  if (there.row < 0) return;
  if (there.row > lowest) lowest = there.row;
  here.column = ++there.column;
  // Whether the cursor waits at the margin or has gone on is the terminal's secret.
  if (there.column >= columns) step_out_of_sight();
}

// Sequences

static int read_numbers(const char *bytes, size_t length, int *numbers) {
  int count = 0;
  numbers[0] = 0;
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == ';') {
      if (++count == 15) return -1;
      numbers[count] = 0;
    } else if (bytes[i] >= '0' && bytes[i] <= '9' && numbers[count] < 100000) {
      numbers[count] = numbers[count] * 10 + bytes[i] - '0';
    } else {
      return -1;
    }
  }
  return count + 1;
}

// A sequence ESC [ ... that ncurses has sent; what it does not answer for is passed on.
static void take_sequence(const char *bytes, size_t length, int columns) {
  int numbers[16] = {0};
  int count = read_numbers(bytes + 2, length - 3, numbers);
  int first = count > 0 && numbers[0] > 0 ? numbers[0] : 1;
  int column = there.column;
  char what = count < 0 ? 0 : bytes[length - 1];
  switch (what) {
  case 'm':
    if (want_pen(numbers, count)) return;
    // Whatever else it sets, the next pen is set from nothing.
    pen_is_known = 0;
    break;
  case 'H':
    column = count > 1 && numbers[1] > 0 ? numbers[1] - 1 : 0;
    if (column < columns) {
      there = (place){first - 1, column};
      return;
    }
    lose_place();
    break;
  case 'G':
  case 'C':
  case 'D':
    column = what == 'G' ? first - 1 : column + (what == 'C' ? first : -first);
    // fall through
  case 'd':
    if (there.row >= 0 && column >= 0 && column < columns) {
      there = (place){what == 'd' ? first - 1 : there.row, column};
      return;
    }
    if (what == 'd') lowest = NO_ROW;
    go();
    lose_place();
    break;
  case 'J':
    go();
    set_ground();
    // Of a screen that is emptied from its first place on nothing is left.
    if (there.row == 0 && there.column == 0 && numbers[0] != 1 && used.background == OWN) lowest = -1;
    break;
  case 'K':
  case 'X':
    go();
    set_ground();
    break;
  default:
    go();
    set_pen();
    lose_place();
    lowest = NO_ROW;
    shift = 0;
  }
  add(bytes, length);
}

// The length of the sequence that begins here with ESC.
static size_t sequence_length(const char *bytes, size_t length) {
  size_t end = 2;
  if (length < 2) return length;
  if (bytes[1] == '[') {
    while (end < length && (bytes[end] < '@' || bytes[end] > '~')) end++;
    return end < length ? end + 1 : length;
  }
  if (bytes[1] == ']' || bytes[1] == 'P') {
    while (end < length && bytes[end] != '\a' && !(bytes[end] == '\\' && bytes[end - 1] == '\033')) end++;
    return end < length ? end + 1 : length;
  }
  // ( and its like have one more.
  return bytes[1] >= ' ' && bytes[1] <= '/' && length > 2 ? 3 : 2;
}

void cn_shorten_begin(int moves) {
  pen_is_known = charset_is_known = shift = 0;
  wanted = (pen){0, OWN, OWN};
  may_move = moves;
}

const char *cn_shorten(const char *bytes, size_t length, int columns, size_t *shortened) {
  out_length = 0;
  lowest = NO_ROW;
  lose_place();
  for (size_t i = 0, count; i < length; i += count) {
    unsigned char byte = (unsigned char)bytes[i];
    count = byte == '\033' ? sequence_length(bytes + i, length - i) : 1;
    if (count > 2 && bytes[i + 1] == '[') {
      take_sequence(bytes + i, count, columns);
    } else if (byte == '\033') {
      int is_ascii = count == 3 && bytes[i + 1] == '(' && bytes[i + 2] == 'B';
      if (is_ascii && charset_is_known) continue;
      charset_is_known = is_ascii;
      go();
      if (!is_ascii) set_ground();
      add(bytes + i, count);
      // One with a text (the clipboard, a title) does nothing to the screen, any other may do anything.
      if (!is_ascii && bytes[i + 1] != ']' && bytes[i + 1] != 'P') {
        shift = 0;
        lose_place();
        lowest = NO_ROW;
      }
    } else if (byte >= ' ' && byte < 0x7F) {
      go();
      if (byte == ' ') set_ground();
      else set_pen();
      add(bytes + i, 1);
      step(columns);
    } else if (byte >= 0x80) {
      go();
      set_pen();
      add(bytes + i, 1);
      step_out_of_sight();
    } else if (there.row >= 0 && (byte == '\r' || (byte == '\b' && there.column > 0))) {
      there.column = byte == '\r' ? 0 : there.column - 1;
    } else if (byte == '\016' || byte == '\017') {
      if (byte != shift) add(bytes + i, 1);
      shift = byte;
    } else if (byte == 0 || byte == '\a') {
      add(bytes + i, 1);
    } else {
      go();
      // A line feed in the last row brings a new one in.
      set_ground();
      add(bytes + i, 1);
      if (byte != '\r') lowest = NO_ROW;
      lose_place();
    }
  }
  go();
  if (length > 0) set_pen();
  *shortened = out_length;
  return out;
}
