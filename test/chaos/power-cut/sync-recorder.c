/*
 * Writes down what has reached the disk: preloaded into a server, it notes after each fsync and fdatasync that succeeded
 * which file it was (device and inode, as files are renamed) and how long it was before the call. What was appended
 * during the call may be on the disk or not, and does not count. SYNC_RECORD names the file for the notes; without it,
 * and for whatever is no regular file, nothing is noted.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int record(void) {
  static int file = -2;
  if (file == -2) {
    const char *name = getenv("SYNC_RECORD");
    file = name == NULL ? -1 : open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  return file;
}

static int sync_with(const char *name, int (**call)(int), int fd) {
  struct stat before;
  int is_file = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
  if (*call == NULL) *call = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = (*call)(fd);
  if (result == 0 && is_file && record() >= 0) {
    char line[96];
    int length = snprintf(line, sizeof line, "%llu:%llu %lld\n", (unsigned long long)before.st_dev,
                          (unsigned long long)before.st_ino, (long long)before.st_size);
    if (length > 0 && write(record(), line, (size_t)length) != length) abort();
  }
  return result;
}

int fsync(int fd) {
  static int (*call)(int);
  return sync_with("fsync", &call, fd);
}

int fdatasync(int fd) {
  static int (*call)(int);
  return sync_with("fdatasync", &call, fd);
}
