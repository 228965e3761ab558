#define _GNU_SOURCE
#include "CSys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

int csys_pipe(int fds[2], bool nonblocking) { return pipe2(fds, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)); }

int csys_set_nonblocking(int fd, bool on) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -1;
  int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
}

int csys_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

int csys_lock_file(int fd, bool exclusive, bool wait) {
  int result;
  do result = flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | (wait ? 0 : LOCK_NB));
  while (result == -1 && errno == EINTR);
  return result;
}

int csys_unlock_file(int fd) { return flock(fd, LOCK_UN); }

int csys_open_read(const char *path, bool follow_links) {
  return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (follow_links ? 0 : O_NOFOLLOW));
}

int csys_open_new(const char *path, uint32_t mode) {
  return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
}

int csys_open_append(const char *path, uint32_t mode) {
  return open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
}

int csys_open_update(const char *path, uint32_t mode) {
  return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
}

int csys_open_directory(const char *path) { return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }

int csys_open_directory_at(int directory, const char *name) {
  return openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int csys_sync_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = fsync(fd);
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

int csys_sync_file(int fd) {
  int result;
  do result = fsync(fd);
  while (result == -1 && errno == EINTR);
  return result;
}

int csys_rename_durably(const char *from, const char *to) {
  if (rename(from, to) != 0) return -1;
  char directory[PATH_MAX];
  const char *slash = strrchr(to, '/');
  size_t length = slash == NULL ? 0 : (size_t)(slash - to);
  if (length >= sizeof directory) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (slash == NULL) strcpy(directory, ".");
  else if (length == 0) strcpy(directory, "/");
  else {
    memcpy(directory, to, length);
    directory[length] = 0;
  }
  return csys_sync_directory(directory);
}

int csys_rename_exclusively(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int csys_exchange(const char *a, const char *b) { return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE); }

int csys_reserve(int fd, int64_t offset, int64_t length) {
  return fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length);
}

static void copy_status(const struct stat *raw, csys_status *out) {
  *out = (csys_status){
    .mode = raw->st_mode & 07777,
    .uid = raw->st_uid,
    .gid = raw->st_gid,
    .device = raw->st_dev,
    .inode = raw->st_ino,
    .size = raw->st_size,
    .modified_ms = (int64_t)raw->st_mtim.tv_sec * 1000 + raw->st_mtim.tv_nsec / 1000000,
    .is_file = S_ISREG(raw->st_mode),
    .is_directory = S_ISDIR(raw->st_mode),
    .is_link = S_ISLNK(raw->st_mode),
    .is_socket = S_ISSOCK(raw->st_mode),
  };
}

int csys_status_of(const char *path, bool follow_links, csys_status *out) {
  struct stat raw;
  if (fstatat(AT_FDCWD, path, &raw, follow_links ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return -1;
  copy_status(&raw, out);
  return 0;
}

int csys_status_at(int directory, const char *name, csys_status *out) {
  struct stat raw;
  if (fstatat(directory, name, &raw, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  copy_status(&raw, out);
  return 0;
}

int csys_status_of_fd(int fd, csys_status *out) {
  struct stat raw;
  if (fstat(fd, &raw) != 0) return -1;
  copy_status(&raw, out);
  return 0;
}

int csys_unlink_at(int directory, const char *name, bool is_directory) {
  return unlinkat(directory, name, is_directory ? AT_REMOVEDIR : 0);
}

int csys_space(const char *path, int64_t *total, int64_t *available) {
  struct statvfs raw;
  if (statvfs(path, &raw) != 0) return -1;
  *total = (int64_t)raw.f_blocks * (int64_t)raw.f_frsize;
  *available = (int64_t)raw.f_bavail * (int64_t)raw.f_frsize;
  return 0;
}

int csys_unmount(const char *path, bool detach) {
  return umount2(path, UMOUNT_NOFOLLOW | (detach ? MNT_DETACH : 0));
}

int csys_real_path(const char *path, char *out) { return realpath(path, out) == NULL ? -1 : 0; }
