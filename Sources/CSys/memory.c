#define _GNU_SOURCE
#include "CSys.h"
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// The parts of the program's own file that are mapped and never written: the kernel brings a page back when it is used.
static int give_back(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  (void)context;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || (header->p_flags & PF_W) != 0) continue;
    uintptr_t start = (info->dlpi_addr + header->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (info->dlpi_addr + header->p_vaddr + header->p_memsz) & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 1; // the program itself comes first; libraries are shared by everybody
}

void csys_memory_give_back(void) {
  malloc_trim(0);
  dl_iterate_phdr(give_back, NULL);
}

void csys_memory_one_heap(void) { mallopt(M_ARENA_MAX, 1); }
