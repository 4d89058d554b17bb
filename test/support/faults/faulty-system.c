/*
 * A library between a process and the C library. It makes calls on files below a folder fail, do half of the work, or end the process, and it turns
 * the clock. A control file that all processes have mapped says which. LD_PRELOAD loads the library, and executed programs inherit it. Compile it with
 * -DCONTROL="path" -DBELOW="folder" -DSELF="path of this".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
  OPEN = 1,
  OPEN_TO_WRITE = 2,
  READ = 4,
  WRITE = 8,
  SYNC = 16,
  TRUNCATE = 32,
  RENAME = 64,
  LINK = 128,
  MAKE_FOLDER = 256,
  REMOVE = 512,
  START = 1024
};
enum { FAIL = 1, SHORT = 2, KILL = 3, HOLD = 4 };

/* The layout that injector.ts writes. */
struct control {
  volatile uint32_t active, operations, effect, error, from, to;
  volatile uint32_t calls, hits;
  volatile int64_t clockSeconds;
  char path[256], process[256];
};

static struct control *control;
static char self[8192];

/* The function of the C library itself. */
#define REAL(result, name, ...)                              \
  static result (*real)(__VA_ARGS__);                        \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static uint32_t decide(uint32_t operation, const char *path) {
  if (!path || strncmp(path, BELOW "/", sizeof BELOW) != 0) return 0;
  if (control->path[0] && !strstr(path, control->path)) return 0;
  uint32_t call = __sync_add_and_fetch(&control->calls, 1);
  if (call < control->from || call > control->to) return 0;
  __sync_add_and_fetch(&control->hits, 1);
  return control->effect;
}

static int isMeant(uint32_t operation) {
  return control && control->active && (control->operations & operation) && (!control->process[0] || strstr(self, control->process));
}

/* The fault of a call, or 0 for none. Sets errno for errors. */
static uint32_t effectOnPath(uint32_t operation, const char *path) {
  if (!isMeant(operation)) return 0;
  uint32_t effect = decide(operation, path);
  if (effect == FAIL) errno = (int)control->error;
  while (effect == HOLD && isMeant(operation)) usleep(10000);
  return effect;
}

static uint32_t effectOnFile(uint32_t operation, int file) {
  if (!isMeant(operation)) return 0;
  int before = errno;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) length = 0;
  path[length] = 0;
  errno = before;
  return effectOnPath(operation, path);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Runs before a call that cannot be done in part. Returns true if the call must fail. */
static int fails(uint32_t effect) {
  if (effect == KILL) die();
  return effect == FAIL;
}

/* How many of the requested bytes to pass on. */
static size_t part(uint32_t effect, size_t bytes) {
  return (effect == SHORT || effect == KILL) && bytes > 1 ? bytes / 2 : bytes;
}

__attribute__((constructor)) static void begin(void) {
  int before = errno;
  int file = open("/proc/self/cmdline", O_RDONLY);
  ssize_t length = file < 0 ? 0 : read(file, self, sizeof self - 1);
  if (file >= 0) close(file);
  for (ssize_t at = 0; at < length - 1; at += 1)
    if (!self[at]) self[at] = ' ';
  int mapped = open(CONTROL, O_RDWR);
  if (mapped >= 0) {
    void *found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, mapped, 0);
    close(mapped);
    if (found != MAP_FAILED) control = found;
  }
  if (isMeant(START)) __sync_add_and_fetch(&control->hits, 1);
  while (isMeant(START)) usleep(10000);
  errno = before;
}

#define OPEN_LIKE(name)                                                                   \
  int name(const char *path, int flags, ...) {                                            \
    REAL(int, name, const char *, int, ...);                                              \
    va_list more;                                                                         \
    va_start(more, flags);                                                                \
    mode_t mode = va_arg(more, mode_t);                                                   \
    va_end(more);                                                                         \
    int writes = flags & (O_WRONLY | O_RDWR | O_CREAT);                                   \
    return fails(effectOnPath(writes ? OPEN_TO_WRITE : OPEN, path)) ? -1 : real(path, flags, mode); \
  }
OPEN_LIKE(open)
OPEN_LIKE(open64)

#define OPENAT_LIKE(name)                                                                 \
  int name(int folder, const char *path, int flags, ...) {                                \
    REAL(int, name, int, const char *, int, ...);                                         \
    va_list more;                                                                         \
    va_start(more, flags);                                                                \
    mode_t mode = va_arg(more, mode_t);                                                   \
    va_end(more);                                                                         \
    int writes = flags & (O_WRONLY | O_RDWR | O_CREAT);                                   \
    return fails(effectOnPath(writes ? OPEN_TO_WRITE : OPEN, path)) ? -1 : real(folder, path, flags, mode); \
  }
OPENAT_LIKE(openat)
OPENAT_LIKE(openat64)

/* Reads and writes of bytes: `after` are the parameters after the count, and `given` passes them on. */
#define BYTES_LIKE(name, operation, buffer, after, given)                                 \
  ssize_t name(int file, buffer bytes, size_t count after) {                              \
    REAL(ssize_t, name, int, buffer, size_t after);                                       \
    uint32_t effect = effectOnFile(operation, file);                                      \
    if (effect == FAIL) return -1;                                                        \
    ssize_t done = real(file, bytes, part(effect, count) given);                          \
    if (effect == KILL) die();                                                            \
    return done;                                                                          \
  }
#define COMMA ,
BYTES_LIKE(read, READ, void *, , )
BYTES_LIKE(pread, READ, void *, COMMA off_t offset, COMMA offset)
BYTES_LIKE(pread64, READ, void *, COMMA off64_t offset, COMMA offset)
BYTES_LIKE(write, WRITE, const void *, , )
BYTES_LIKE(pwrite, WRITE, const void *, COMMA off_t offset, COMMA offset)
BYTES_LIKE(pwrite64, WRITE, const void *, COMMA off64_t offset, COMMA offset)

/* The same for several buffers, of which half means half of the first. */
#define PIECES_LIKE(name, operation, after, given)                                        \
  ssize_t name(int file, const struct iovec *pieces, int count after) {                   \
    REAL(ssize_t, name, int, const struct iovec *, int after);                            \
    uint32_t effect = effectOnFile(operation, file);                                      \
    if (effect == FAIL) return -1;                                                        \
    if (effect == 0 || count == 0) return real(file, pieces, count given);                \
    struct iovec half = {pieces[0].iov_base, part(effect, pieces[0].iov_len)};            \
    ssize_t done = real(file, &half, 1 given);                                            \
    if (effect == KILL) die();                                                            \
    return done;                                                                          \
  }
PIECES_LIKE(readv, READ, , )
PIECES_LIKE(preadv, READ, COMMA off_t offset, COMMA offset)
PIECES_LIKE(preadv64, READ, COMMA off64_t offset, COMMA offset)
PIECES_LIKE(writev, WRITE, , )
PIECES_LIKE(pwritev, WRITE, COMMA off_t offset, COMMA offset)
PIECES_LIKE(pwritev64, WRITE, COMMA off64_t offset, COMMA offset)

#define FILE_LIKE(name, operation, after, given)                                          \
  int name(int file after) {                                                              \
    REAL(int, name, int after);                                                           \
    return fails(effectOnFile(operation, file)) ? -1 : real(file given);                  \
  }
FILE_LIKE(fsync, SYNC, , )
FILE_LIKE(fdatasync, SYNC, , )
FILE_LIKE(ftruncate, TRUNCATE, COMMA off_t length, COMMA length)
FILE_LIKE(ftruncate64, TRUNCATE, COMMA off64_t length, COMMA length)

#define NAME_LIKE(name, operation, after, given)                                          \
  int name(const char *path after) {                                                      \
    REAL(int, name, const char *after);                                                   \
    return fails(effectOnPath(operation, path)) ? -1 : real(path given);                  \
  }
NAME_LIKE(rename, RENAME, COMMA const char *to, COMMA to)
NAME_LIKE(link, LINK, COMMA const char *to, COMMA to)
NAME_LIKE(mkdir, MAKE_FOLDER, COMMA mode_t mode, COMMA mode)
NAME_LIKE(unlink, REMOVE, , )
NAME_LIKE(rmdir, REMOVE, , )

/* Programs are executed with a given environment or with the current one. */
static char **environmentWith(char *const given[], char **room, size_t places) {
  static char preload[] = "LD_PRELOAD=" SELF;
  size_t count = 0;
  room[count++] = preload;
  for (size_t at = 0; given && given[at] && count < places - 1; at += 1)
    if (strncmp(given[at], "LD_PRELOAD=", 11) != 0) room[count++] = given[at];
  room[count] = NULL;
  return room;
}

int execve(const char *path, char *const arguments[], char *const given[]) {
  REAL(int, execve, const char *, char *const[], char *const[]);
  char *room[1024];
  return real(path, arguments, environmentWith(given, room, 1024));
}

int execvp(const char *program, char *const arguments[]) {
  REAL(int, execvp, const char *, char *const[]);
  char *room[1024];
  environ = environmentWith(environ, room, 1024);
  return real(program, arguments);
}

#define TURNED(clock) ((clock) == CLOCK_REALTIME || (clock) == CLOCK_REALTIME_COARSE)

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(int, clock_gettime, clockid_t, struct timespec *);
  int failed = real(clock, now);
  if (!failed && control && TURNED(clock)) now->tv_sec += control->clockSeconds;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(int, gettimeofday, struct timeval *, void *);
  int failed = real(now, zone);
  if (!failed && control) now->tv_sec += control->clockSeconds;
  return failed;
}

time_t time(time_t *told) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (told) *told = now.tv_sec;
  return now.tv_sec;
}
