#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A pipe: [0] reads, [1] writes.
int csys_pipe(int fds[_Nonnull 2], bool nonblocking);
int csys_set_nonblocking(int fd, bool on);
/// Duplicates to the lowest free descriptor that is 3 or more.
int csys_duplicate(int fd);

/// Takes an exclusive (or shared) lock on an open file; -1 and EWOULDBLOCK when another has it and `wait` is false.
int csys_lock_file(int fd, bool exclusive, bool wait);
int csys_unlock_file(int fd);

/// open(2) with O_CLOEXEC.
int csys_open_read(const char *_Nonnull path, bool follow_links);
/// Makes a new file and fails when one is there; never follows a link.
int csys_open_new(const char *_Nonnull path, uint32_t mode);
/// Opens for reading and appending; makes the file when it is absent.
int csys_open_append(const char *_Nonnull path, uint32_t mode);
/// Opens for reading and writing without truncating; makes the file when it is absent.
int csys_open_update(const char *_Nonnull path, uint32_t mode);
int csys_open_directory(const char *_Nonnull path);
int csys_open_directory_at(int directory, const char *_Nonnull name);

/// Flushes a directory, so that names made, renamed or removed in it last.
int csys_sync_directory(const char *_Nonnull path);
int csys_sync_file(int fd);
/// rename(2) followed by a flush of the target's directory.
int csys_rename_durably(const char *_Nonnull from, const char *_Nonnull to);
/// Renames and fails with EEXIST instead of replacing.
int csys_rename_exclusively(const char *_Nonnull from, const char *_Nonnull to);
/// Exchanges two names atomically.
int csys_exchange(const char *_Nonnull a, const char *_Nonnull b);
/// Reserves blocks beyond the end of a file without changing its size; EOPNOTSUPP where the file system cannot.
int csys_reserve(int fd, int64_t offset, int64_t length);

/// What lstat says, in plain types.
typedef struct csys_status {
  uint32_t mode;
  uint32_t uid;
  uint32_t gid;
  uint64_t device;
  uint64_t inode;
  int64_t size;
  int64_t modified_ms;
  bool is_file;
  bool is_directory;
  bool is_link;
  bool is_socket;
} csys_status;

int csys_status_of(const char *_Nonnull path, bool follow_links, csys_status *_Nonnull out);
int csys_status_at(int directory, const char *_Nonnull name, csys_status *_Nonnull out);
int csys_status_of_fd(int fd, csys_status *_Nonnull out);
int csys_unlink_at(int directory, const char *_Nonnull name, bool is_directory);

/// Bytes of the file system that holds the path; `available` is what an ordinary user may still write.
int csys_space(const char *_Nonnull path, int64_t *_Nonnull total, int64_t *_Nonnull available);
/// Unmounts; lazily when `detach`. Never follows a link.
int csys_unmount(const char *_Nonnull path, bool detach);
/// The canonical path without links, into `out` of 4096 bytes.
int csys_real_path(const char *_Nonnull path, char *_Nonnull out);
