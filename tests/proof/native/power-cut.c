/*
 * Preloaded into a kernel, it writes down in one append-only file, in their order, everything that decides what a power
 * cut leaves of the store: opens, writes, truncations, flushes, unlinks and renames of dispatch.db* below POWER_CUT_DIR,
 * flushes of that directory itself, and, between them, every byte sent to whoever connected to the process.
 *
 * One record is one writev to a descriptor with O_APPEND, so records never mix. Everything is written down before it is
 * done: whatever a thread sends after a flush stands behind that flush, and what anybody received stands in the log.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 4096
#define LOG_FD 900
enum role { NOTHING, STORE_FILE, DIRECTORY, CONNECTION };

/* 24 bytes, then `length` bytes. `number` is an offset, a size, or how many bytes of the last message were taken after all. */
struct record {
  uint32_t kind;
  int32_t fd;
  int64_t number;
  uint64_t length;
};

static int log_fd = -1;
static char directory[4096];
static size_t directory_length;
static unsigned char roles[MAX_FD];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static uint64_t log_vector(char kind, int fd, int64_t number, const struct iovec *parts, int count) {
  struct iovec all[1 + 1024];
  struct record head = {(uint32_t)kind, fd, number, 0};
  if (log_fd < 0) return 0;
  if (count > 1024) abort();
  for (int i = 0; i < count; i++) {
    all[i + 1] = parts[i];
    head.length += parts[i].iov_len;
  }
  all[0] = (struct iovec){&head, sizeof head};
  if (syscall(SYS_writev, log_fd, all, count + 1) != (long)(sizeof head + head.length)) abort();
  return head.length;
}

static void log_record(char kind, int fd, int64_t number, const void *data, size_t length) {
  struct iovec part = {(void *)data, length};
  log_vector(kind, fd, number, &part, 1);
}

__attribute__((constructor)) static void start(void) {
  const char *log = getenv("POWER_CUT_LOG"), *dir = getenv("POWER_CUT_DIR");
  if (log == NULL || dir == NULL || strlen(dir) >= sizeof directory) return;
  strcpy(directory, dir);
  directory_length = strlen(dir);
  int low = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  log_fd = fcntl(low, F_DUPFD_CLOEXEC, LOG_FD);
  syscall(SYS_close, low);
  if (log_fd < 0) abort();
  log_record('S', (int)getpid(), 0, NULL, 0);
}

static enum role role_of(int fd) { return fd >= 0 && fd < MAX_FD ? roles[fd] : NOTHING; }

/* The name of a file of the store; NULL for every other path. The -shm file is mapped, and no crash leaves anything of use in it. */
static const char *store_name(const char *path) {
  if (log_fd < 0 || strncmp(path, directory, directory_length) != 0 || path[directory_length] != '/') return NULL;
  const char *name = path + directory_length + 1;
  size_t length = strlen(name);
  int is_shm = length > 4 && strcmp(name + length - 4, "-shm") == 0;
  return strncmp(name, "dispatch.db", 11) == 0 && !is_shm ? name : NULL;
}

static int opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= MAX_FD || log_fd < 0) return fd;
  const char *name = store_name(path);
  roles[fd] = name != NULL ? STORE_FILE : strcmp(path, directory) == 0 ? DIRECTORY : NOTHING;
  if (name != NULL) log_record('O', fd, (flags & O_TRUNC) != 0, name, strlen(name));
  return fd;
}

#define OPEN(name)                                          \
  int name(const char *path, int flags, ...) {              \
    va_list rest;                                           \
    va_start(rest, flags);                                  \
    int mode = va_arg(rest, int);                           \
    va_end(rest);                                           \
    return opened(REAL(name)(path, flags, mode), path, flags); \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (role_of(fd) != NOTHING) roles[fd] = NOTHING;
  return REAL(close)(fd);
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
  int connection = REAL(accept4)(fd, address, length, flags);
  if (connection >= 0 && connection < MAX_FD && log_fd >= 0) {
    roles[connection] = CONNECTION;
    log_record('A', connection, 0, NULL, 0);
  }
  return connection;
}

#define PWRITE(name)                                                       \
  ssize_t name(int fd, const void *data, size_t length, __off64_t offset) { \
    if (role_of(fd) == STORE_FILE) log_record('W', fd, offset, data, length); \
    return REAL(name)(fd, data, length, offset);                           \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

/* A socket that is full takes only a part; the rest is sent again. */
static ssize_t taken(int fd, ssize_t sent, uint64_t length) {
  if (sent < 0 || (uint64_t)sent < length) log_record('C', fd, sent < 0 ? 0 : sent, NULL, 0);
  return sent;
}

ssize_t write(int fd, const void *data, size_t length) {
  enum role role = role_of(fd);
  if (role == STORE_FILE) log_record('W', fd, lseek(fd, 0, SEEK_CUR), data, length);
  if (role != CONNECTION) return REAL(write)(fd, data, length);
  log_record('M', fd, 0, data, length);
  return taken(fd, REAL(write)(fd, data, length), length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  enum role role = role_of(fd);
  if (role == STORE_FILE) log_vector('W', fd, lseek(fd, 0, SEEK_CUR), parts, count);
  if (role != CONNECTION) return REAL(writev)(fd, parts, count);
  uint64_t length = log_vector('M', fd, 0, parts, count);
  return taken(fd, REAL(writev)(fd, parts, count), length);
}

#define FTRUNCATE(name)                                                   \
  int name(int fd, __off64_t size) {                                      \
    if (role_of(fd) == STORE_FILE) log_record('T', fd, size, NULL, 0);    \
    return REAL(name)(fd, size);                                          \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define FLUSH(name)                                                       \
  int name(int fd) {                                                      \
    if (role_of(fd) == STORE_FILE) log_record('F', fd, 0, NULL, 0);       \
    if (role_of(fd) == DIRECTORY) log_record('D', fd, 0, NULL, 0);        \
    return REAL(name)(fd);                                                \
  }
FLUSH(fsync)
FLUSH(fdatasync)

int unlink(const char *path) {
  const char *name = store_name(path);
  if (name != NULL) log_record('U', 0, 0, name, strlen(name));
  return REAL(unlink)(path);
}

int rename(const char *from, const char *to) {
  const char *source = store_name(from), *target = store_name(to);
  if (source != NULL && target != NULL) {
    struct iovec names[] = {{(void *)source, strlen(source) + 1}, {(void *)target, strlen(target)}};
    log_vector('R', 0, 0, names, 2);
  }
  return REAL(rename)(from, to);
}
