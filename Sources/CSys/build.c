#define _GNU_SOURCE
#include "CSys.h"
#include <link.h>
#include <string.h>

struct build_id {
  uint8_t *bytes;
  size_t capacity;
  size_t length;
};

// Notes are a name and a description, each filled up to four bytes: elf(5).
static int find(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct build_id *found = context;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_NOTE) continue;
    const uint8_t *next = (const uint8_t *)(info->dlpi_addr + header->p_vaddr);
    size_t left = header->p_memsz;
    while (left >= sizeof(ElfW(Nhdr))) {
      ElfW(Nhdr) note;
      memcpy(&note, next, sizeof note);
      size_t name = ((size_t)note.n_namesz + 3) & ~(size_t)3;
      size_t length = sizeof note + name + (((size_t)note.n_descsz + 3) & ~(size_t)3);
      if (length > left) break;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(next + sizeof note, "GNU", 4) == 0) {
        found->length = note.n_descsz < found->capacity ? note.n_descsz : found->capacity;
        memcpy(found->bytes, next + sizeof note + name, found->length);
        return 1;
      }
      next += length;
      left -= length;
    }
  }
  return 1; // the program itself comes first; its libraries are not asked
}

size_t csys_build_id(uint8_t *_Nonnull bytes, size_t capacity) {
  struct build_id found = {bytes, capacity, 0};
  dl_iterate_phdr(find, &found);
  return found.length;
}
