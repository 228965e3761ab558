#pragma once
#include <stddef.h>

/// A file that is built into the program.
typedef struct {
  const char *_Nonnull name;
  const unsigned char *_Nonnull bytes;
  size_t size;
} cassets_file;

/// The theme files that are built in; how many is put in `count`.
const cassets_file *_Nonnull cassets_themes(size_t *_Nonnull count);
