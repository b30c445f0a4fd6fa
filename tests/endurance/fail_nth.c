/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A library for LD_PRELOAD that has the n-th call of one class fail, as a full disk or a machine short of
 * memory would. tests/faults starts programs with it. Calls count from main() on, in the process that main()
 * began in.
 *
 *   FAIL_PROGRAM   the program that is meant, by the last part of its name; all others are left alone
 *   FAIL_WORD      a word of its command line (none: any): of several processes the one that is meant
 *   FAIL_BELOW     only calls on files below this folder, an absolute path, count (none: all files)
 *   FAIL_CLASS     a name of classes[]; with "+" behind it all later calls of the class fail, too
 *   FAIL_NTH       which call; 0: none
 *   FAIL_LOG       file: which call failed, where it came from; at the end how many there were of each class
 *
 * Streams of the C library write and read inside of it, where nobody can get between. So fopen() and fdopen()
 * make streams that come back to the calls here, and standard output and input are replaced by such. Standard
 * error is left alone: that it cannot be written could be told to nobody. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define STREAMS_MAX 64
#define FRAMES_MAX  40
#define NO_FILE     (-1)

enum class { MEMORY, WRITE, SHORT, OPEN, FSYNC, RENAME, FORK, READDIR, CLOSE, READ, MKDIR, CLASSES };

static const struct {
    const char *name;
    int code;
} classes[CLASSES] = {
    [MEMORY] = {"malloc", ENOMEM}, [WRITE] = {"write", ENOSPC},
    [SHORT] = {"short", 0}, /* half is written, which is no error */
    [OPEN] = {"open", EMFILE},     [FSYNC] = {"fsync", EIO},
    [RENAME] = {"rename", EIO},    [FORK] = {"fork", EAGAIN},
    [READDIR] = {"readdir", EIO},  [CLOSE] = {"close", EIO},
    [READ] = {"read", EIO},        [MKDIR] = {"mkdir", EACCES},
};

/* The C library's own, which need no dlsym(), for that asks for memory itself. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *at, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *at);

static struct {
    atomic_bool armed;
    atomic_ulong counts[CLASSES];
    atomic_long freed;
    pid_t self;
    enum class wanted;
    unsigned long nth;
    bool on; /* further calls fail, too */
    const char *below;
    int log;
    FILE *streams[STREAMS_MAX];
    int files[STREAMS_MAX];
    int (*program_main)(int, char **, char **);
} state = {.log = -1};

/* --- which calls fail */

static bool is_below(const char *path)
{
    size_t length = strlen(state.below);

    return strncmp(path, state.below, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool path_of(int file, char *name, size_t size)
{
    char link[64];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, name, size - 1);
    if (length >= 0)
        name[length] = '\0';
    return length >= 0;
}

/* Is the call one that counts? By the path, or else by the open file; neither: it is on no file. */
static bool is_meant(const char *path, int file)
{
    char name[PATH_MAX];

    if (!state.below || (!path && file == NO_FILE))
        return true;
    if (path && *path == '/')
        return is_below(path);
    if (path) {
        if (!getcwd(name, sizeof name - NAME_MAX))
            return false;
        size_t used = strlen(name);
        snprintf(name + used, sizeof name - used, "/%s", path);
        return is_below(name);
    }
    return path_of(file, name, sizeof name) && is_below(name);
}

static void note(enum class class, unsigned long number, const char *function, const char *path, int file)
{
    void *frames[FRAMES_MAX];
    char name[PATH_MAX];

    dprintf(state.log, "failed %s %lu: %s", classes[class].name, number, function);
    if (path)
        dprintf(state.log, " %s", path);
    else if (file == STDOUT_FILENO)
        dprintf(state.log, " standard output");
    else if (file != NO_FILE && path_of(file, name, sizeof name))
        dprintf(state.log, " %s", name);
    dprintf(state.log, "\n");
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), state.log);
}

/* Counts a call; true, with errno, if it is to fail. */
static bool fails_on(enum class class, const char *function, const char *path, int file)
{
    if (!atomic_load(&state.armed) || !is_meant(path, file))
        return false;
    unsigned long number = atomic_fetch_add(&state.counts[class], 1) + 1;
    if (class != state.wanted || state.nth == 0 || number < state.nth || (number > state.nth && !state.on) ||
        getpid() != state.self)
        return false;
    if (number == state.nth) {
        /* What the note itself asks for is not the program's. */
        atomic_store(&state.armed, false);
        note(class, number, function, path, file);
        atomic_store(&state.armed, true);
    }
    errno = classes[class].code;
    return true;
}

static bool fails(enum class class, const char *function)
{
    return fails_on(class, function, NULL, NO_FILE);
}

/* The function of this name behind ours. */
static void *next(const char *name)
{
    bool armed = atomic_exchange(&state.armed, false);
    void *function = dlsym(RTLD_NEXT, name);

    atomic_store(&state.armed, armed);
    return function;
}
#define NEXT(function) ((__typeof__(&function))next(#function))

/* --- memory */

/* Once memory is out for good, what is freed can be had again, and small blocks from what the heap has left,
 * as under a limit of address space. GLib cannot say that memory is out without some bytes for it. */
#define SMALL_BYTES 1024

static bool no_memory(const char *function, size_t size)
{
    long left;

    if (!fails(MEMORY, function))
        return false;
    if (atomic_load(&state.counts[MEMORY]) > state.nth && size <= SMALL_BYTES)
        return false;
    left = atomic_load(&state.freed);
    while (left >= 0 && (size_t)left >= size)
        if (atomic_compare_exchange_weak(&state.freed, &left, left - (long)size))
            return false;
    return true;
}

void free(void *at)
{
    if (state.on && state.wanted == MEMORY && atomic_load(&state.armed) &&
        atomic_load(&state.counts[MEMORY]) >= state.nth)
        atomic_fetch_add(&state.freed, (long)malloc_usable_size(at));
    __libc_free(at);
}

void *malloc(size_t size)
{
    return no_memory("malloc", size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory("calloc", count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
    return no_memory("realloc", size) ? NULL : __libc_realloc(at, size);
}

void *reallocarray(void *at, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return no_memory("reallocarray", bytes) ? NULL : __libc_realloc(at, bytes);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory("aligned_alloc", size) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **at, size_t alignment, size_t size)
{
    void *memory = no_memory("posix_memalign", size) ? NULL : __libc_memalign(alignment, size);

    if (!memory)
        return ENOMEM;
    *at = memory;
    return 0;
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset)
{
    if ((flags & MAP_ANONYMOUS) && no_memory("mmap", length))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, length, protection, flags, file, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int file, off64_t offset)
{
    return mmap(at, length, protection, flags, file, offset);
}

/* --- open files */

static int open_flags(const char *mode)
{
    bool both = strchr(mode, '+') != NULL;
    int flags = *mode == 'r' ? 0 : *mode == 'w' ? O_CREAT | O_TRUNC : O_CREAT | O_APPEND;

    flags |= both ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
    flags |= strchr(mode, 'e') ? O_CLOEXEC : 0;
    return flags | (strchr(mode, 'x') ? O_EXCL : 0);
}

static int open_at(const char *function, int folder, const char *path, int flags, mode_t mode)
{
    if (fails_on(OPEN, function, path, NO_FILE))
        return -1;
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define OPEN_FUNCTION(name, folder, ...)                                                                     \
    int name(__VA_ARGS__ const char *path, int flags, ...)                                                   \
    {                                                                                                        \
        va_list arguments;                                                                                   \
        mode_t mode = 0;                                                                                     \
                                                                                                             \
        va_start(arguments, flags);                                                                          \
        if (flags & (O_CREAT | O_TMPFILE))                                                                   \
            mode = va_arg(arguments, mode_t);                                                                \
        va_end(arguments);                                                                                   \
        return open_at(#name, folder, path, flags, mode);                                                    \
    }
#define FOLDER_ARGUMENT int folder,
OPEN_FUNCTION(open, AT_FDCWD)
OPEN_FUNCTION(open64, AT_FDCWD)
OPEN_FUNCTION(openat, folder, FOLDER_ARGUMENT)
OPEN_FUNCTION(openat64, folder, FOLDER_ARGUMENT)

/* What fortified programs call. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

int __open_2(const char *path, int flags)
{
    return open_at("open", AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
    return open_at("open", AT_FDCWD, path, flags, 0);
}

int creat(const char *path, mode_t mode)
{
    return open_at("creat", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* Linux gives the file back whatever it says. */
int close(int file)
{
    bool failed = file > STDERR_FILENO && fails_on(CLOSE, "close", NULL, file);
    int code = errno;
    int status = (int)syscall(SYS_close, file);

    if (failed)
        errno = code;
    return failed ? -1 : status;
}

static size_t length_of(int file, size_t length)
{
    return length > 1 && file != STDERR_FILENO && fails_on(SHORT, "write", NULL, file) ? length / 2 : length;
}

ssize_t write(int file, const void *at, size_t length)
{
    if (file != STDERR_FILENO && fails_on(WRITE, "write", NULL, file))
        return -1;
    return syscall(SYS_write, file, at, length_of(file, length));
}

ssize_t pwrite(int file, const void *at, size_t length, off_t offset)
{
    if (fails_on(WRITE, "pwrite", NULL, file))
        return -1;
    return syscall(SYS_pwrite64, file, at, length_of(file, length), offset);
}

ssize_t pwrite64(int file, const void *at, size_t length, off64_t offset)
{
    return pwrite(file, at, length, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    if (file != STDERR_FILENO && fails_on(WRITE, "writev", NULL, file))
        return -1;
    return syscall(SYS_writev, file, parts, count);
}

ssize_t read(int file, void *at, size_t length)
{
    return fails_on(READ, "read", NULL, file) ? -1 : syscall(SYS_read, file, at, length);
}

ssize_t pread(int file, void *at, size_t length, off_t offset)
{
    return fails_on(READ, "pread", NULL, file) ? -1 : syscall(SYS_pread64, file, at, length, offset);
}

ssize_t pread64(int file, void *at, size_t length, off64_t offset)
{
    return pread(file, at, length, offset);
}

int fsync(int file)
{
    return fails_on(FSYNC, "fsync", NULL, file) ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    return fails_on(FSYNC, "fdatasync", NULL, file) ? -1 : (int)syscall(SYS_fdatasync, file);
}

/* --- streams: a cookie is the address of a file's number */

static ssize_t stream_read(void *cookie, char *at, size_t length)
{
    return read(*(int *)cookie, at, length);
}

/* As streams of the C library do it: what was written in part goes on. */
static ssize_t stream_write(void *cookie, const char *at, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t wrote = write(*(int *)cookie, at + done, length - done);

        if (wrote < 0)
            return (ssize_t)done;
        done += (size_t)wrote;
    }
    return (ssize_t)done;
}

static int stream_seek(void *cookie, off64_t *offset, int whence)
{
    *offset = lseek(*(int *)cookie, *offset, whence);
    return *offset < 0 ? -1 : 0;
}

static int stream_close(void *cookie)
{
    size_t slot = (size_t)((int *)cookie - state.files);

    state.streams[slot] = NULL;
    return close(state.files[slot]);
}

static FILE *stream(int file, const char *mode)
{
    const cookie_io_functions_t functions = {stream_read, stream_write, stream_seek, stream_close};
    size_t slot = 0;

    while (slot < STREAMS_MAX && state.streams[slot])
        slot++;
    if (slot == STREAMS_MAX) {
        errno = EMFILE;
        return NULL;
    }
    state.files[slot] = file;
    state.streams[slot] = fopencookie(&state.files[slot], mode, functions);
    return state.streams[slot];
}

FILE *fopen(const char *path, const char *mode)
{
    int file = open_at("fopen", AT_FDCWD, path, open_flags(mode), 0666);
    FILE *made = file < 0 ? NULL : stream(file, mode);

    if (file >= 0 && !made)
        syscall(SYS_close, file);
    return made;
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}

FILE *fdopen(int file, const char *mode)
{
    return stream(file, mode);
}

int fileno(FILE *of)
{
    for (size_t slot = 0; slot < STREAMS_MAX; slot++)
        if (state.streams[slot] == of)
            return state.files[slot];
    return NEXT(fileno)(of);
}

/* --- folders, names, processes */

DIR *opendir(const char *path)
{
    return fails_on(READDIR, "opendir", path, NO_FILE) ? NULL : NEXT(opendir)(path);
}

struct dirent *readdir(DIR *folder)
{
    return fails_on(READDIR, "readdir", NULL, dirfd(folder)) ? NULL : NEXT(readdir)(folder);
}

struct dirent64 *readdir64(DIR *folder)
{
    return fails_on(READDIR, "readdir", NULL, dirfd(folder)) ? NULL : NEXT(readdir64)(folder);
}

int mkdir(const char *path, mode_t mode)
{
    return fails_on(MKDIR, "mkdir", path, NO_FILE) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    if (fails_on(RENAME, "rename", to, NO_FILE))
        return -1;
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return renameat2(from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

pid_t fork(void)
{
    return fails(FORK, "fork") ? -1 : NEXT(fork)();
}

pid_t vfork(void)
{
    return fork();
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[])
{
    return fails(FORK, "posix_spawn")
               ? EAGAIN
               : NEXT(posix_spawn)(pid, path, actions, attributes, arguments, environment);
}

int posix_spawnp(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[])
{
    return fails(FORK, "posix_spawnp")
               ? EAGAIN
               : NEXT(posix_spawnp)(pid, path, actions, attributes, arguments, environment);
}

/* --- from main() on */

static bool is_wanted_program(int argc, char **argv)
{
    const char *program = getenv("FAIL_PROGRAM"), *word = getenv("FAIL_WORD");
    bool found = word == NULL;

    for (int i = 1; i < argc && !found; i++)
        found = strcmp(argv[i], word) == 0;
    return program && strcmp(program, program_invocation_short_name) == 0 && found;
}

static void begin(void)
{
    const char *class = getenv("FAIL_CLASS"), *nth = getenv("FAIL_NTH"), *log = getenv("FAIL_LOG");
    size_t length = class ? strcspn(class, "+") : 0;

    while (class && state.wanted < CLASSES &&
           (strncmp(class, classes[state.wanted].name, length) != 0 ||
            classes[state.wanted].name[length] != '\0'))
        state.wanted++;
    state.on = class && class[length] == '+';
    state.nth = nth ? strtoul(nth, NULL, 10) : 0;
    state.below = getenv("FAIL_BELOW");
    state.log = (int)syscall(SYS_openat, AT_FDCWD, log ? log : "/dev/null",
                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    state.self = getpid();
    stdout = stream(STDOUT_FILENO, "w");
    stdin = stream(STDIN_FILENO, "r");
    atomic_store(&state.armed, true);
}

/* Whether main() returns or calls exit(). Aborting leaves no counts, and needs none. */
static void end(void)
{
    if (getpid() != state.self)
        return;
    atomic_store(&state.armed, false);
    for (size_t i = 0; i < CLASSES; i++)
        dprintf(state.log, "%s %lu\n", classes[i].name, atomic_load(&state.counts[i]));
}

static int main_with_failures(int argc, char **argv, char **environment)
{
    if (is_wanted_program(argc, argv)) {
        atexit(end);
        begin();
    }
    return state.program_main(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    state.program_main = main;
    return NEXT(__libc_start_main)(main_with_failures, argc, argv, init, fini, rtld_fini, stack_end);
}
