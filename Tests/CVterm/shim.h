#pragma once
#include <vterm.h>

/// A cell of an emulated terminal: its first three scalars, its columns, and how it looks in the bits of `Attributes`
/// (libvterm knows no dim); a colour is a number, -1 for the terminal's own, 0x1000000 and up for others.
typedef struct {
  uint32_t scalars[3];
  int width, attributes, foreground, background;
} cvt_cell;

static inline int cvt_colour(const VTermColor *colour, int is_own) {
  if (is_own) return -1;
  if (VTERM_COLOR_IS_INDEXED(colour)) return colour->indexed.idx;
  return 0x1000000 | colour->rgb.red << 16 | colour->rgb.green << 8 | colour->rgb.blue;
}

static inline cvt_cell cvt_get(VTermScreen *screen, int row, int column) {
  VTermScreenCell cell;
  VTermPos place = {.row = row, .col = column};
  cvt_cell result = {{0}, 1, 0, -1, -1};
  if (!vterm_screen_get_cell(screen, place, &cell)) return result;
  for (int i = 0; i < 3 && cell.chars[i] != 0; i++) result.scalars[i] = cell.chars[i];
  result.width = cell.width;
  result.attributes = (cell.attrs.bold ? 1 : 0) | (cell.attrs.underline ? 4 : 0) | (cell.attrs.reverse ? 8 : 0)
                      | (cell.attrs.italic ? 16 : 0);
  result.foreground = cvt_colour(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
  result.background = cvt_colour(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
  return result;
}
