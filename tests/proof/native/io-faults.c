/*
 * Preloaded into a kernel, it makes chosen calls on the files of its data directory fail. A page of shared memory says which, and counts.
 *
 * A flush that fails also takes back what was written since the last one that did not, as a disk may whose writes are lost: whoever goes on as if
 * nothing had happened finds its data gone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, READ = 4, TRUNCATE = 8 };
enum { DATABASE = 1, LOG = 2, INDEX = 4, OTHER = 8 };

/* The layout io-faults.ts writes and reads: 32-bit words. */
static struct {
  int armed, calls, files, nth, times, error, torn;
  int seen, fired, lost_commits;
} *control;

/* What a file held before a write that is not flushed yet. */
struct before {
  off_t at, size;
  size_t length;
  struct before *earlier;
  char bytes[];
};
static struct before *unflushed[LOG + 1];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static const char *directory;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("IO_FAULTS_CONTROL");
  directory = getenv("IO_FAULTS_DIRECTORY");
  int fd = path && directory ? open(path, O_RDWR | O_CLOEXEC) : -1;
  void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) { fputs("io-faults: no control page\n", stderr); _exit(97); }
  close(fd);
  control = page;
}

/* 0: none of ours. */
static int file_of(int fd) {
  char link[32], path[4096];
  if (control == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  size_t prefix = strlen(directory);
  if (length < (ssize_t)prefix + 2 || memcmp(path, directory, prefix) != 0 || path[prefix] != '/') return 0;
  path[length] = 0;
  const char *name = path + prefix + 1;
  if (strcmp(name, "dispatch.db") == 0) return DATABASE;
  if (strcmp(name, "dispatch.db-wal") == 0) return LOG;
  if (strcmp(name, "dispatch.db-shm") == 0) return INDEX;
  return OTHER;
}

static int fails(int file, int call) {
  if (file == 0 || !control->armed || !(control->calls & call) || !(control->files & file)) return 0;
  int seen = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  if (seen < control->nth || (control->times > 0 && seen >= control->nth + control->times)) return 0;
  __atomic_add_fetch(&control->fired, 1, __ATOMIC_SEQ_CST);
  errno = control->error;
  return 1;
}

static void remember(int fd, int file, off_t at, size_t length) {
  if (file != DATABASE && file != LOG) return;
  struct stat now;
  struct before *one = malloc(sizeof *one + length);
  if (one == NULL || fstat(fd, &now) != 0) abort();
  ssize_t kept = REAL(pread64)(fd, one->bytes, length, at);
  *one = (struct before){at, now.st_size, kept < 0 ? 0 : (size_t)kept, NULL};
  pthread_mutex_lock(&guard);
  one->earlier = unflushed[file];
  unflushed[file] = one;
  pthread_mutex_unlock(&guard);
}

/* Forgets what is flushed by now, or puts it back. */
static void settle(int fd, int file, int back) {
  if (file != DATABASE && file != LOG) return;
  pthread_mutex_lock(&guard);
  struct before *one = unflushed[file];
  unflushed[file] = NULL;
  pthread_mutex_unlock(&guard);
  while (one != NULL) {
    struct before *earlier = one->earlier;
    if (back && one->length > 0 && REAL(pwrite64)(fd, one->bytes, one->length, one->at) < 0) abort();
    if (back && earlier == NULL && REAL(ftruncate64)(fd, one->size) != 0) abort();
    free(one);
    one = earlier;
  }
}

static int flush(int fd, int (*real)(int)) {
  int file = file_of(fd);
  int dirty = file == OTHER || ((file == DATABASE || file == LOG) && unflushed[file] != NULL);
  if (dirty && fails(file, SYNC)) {
    int why = errno;
    if (file == LOG) __atomic_add_fetch(&control->lost_commits, 1, __ATOMIC_SEQ_CST);
    settle(fd, file, 1);
    errno = why;
    return -1;
  }
  int result = real(fd);
  if (result == 0) settle(fd, file, 0);
  return result;
}

int fsync(int fd) { return flush(fd, REAL(fsync)); }
int fdatasync(int fd) { return flush(fd, REAL(fdatasync)); }

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  int file = file_of(fd), failed = fails(file, WRITE), why = errno;
  if (failed && !control->torn) return -1;
  remember(fd, file, at, length);
  ssize_t result = REAL(pwrite64)(fd, bytes, failed ? length / 2 : length, at);
  errno = failed ? why : errno;
  return failed ? -1 : result;
}
ssize_t write(int fd, const void *bytes, size_t length) {
  return fails(file_of(fd), WRITE) ? -1 : REAL(write)(fd, bytes, length);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  return fails(file_of(fd), WRITE) ? -1 : REAL(writev)(fd, parts, count);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  return fails(file_of(fd), WRITE) ? -1 : REAL(pwritev64)(fd, parts, count, at);
}
ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) {
  return fails(file_of(fd), READ) ? -1 : REAL(pread64)(fd, bytes, length, at);
}
ssize_t read(int fd, void *bytes, size_t length) {
  return fails(file_of(fd), READ) ? -1 : REAL(read)(fd, bytes, length);
}
int ftruncate64(int fd, off64_t size) {
  int file = file_of(fd);
  struct stat now;
  if (fails(file, TRUNCATE)) return -1;
  /* What is cut off is not brought back; SQLite cuts only what it needs no more. */
  if (fstat(fd, &now) == 0 && size < now.st_size) settle(fd, file, 0);
  return REAL(ftruncate64)(fd, size);
}
