#include "core/os/shared_file.h"

#include <cerrno>

#if defined(__linux__)

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace bgworkers {

namespace {

int make_memory_file() noexcept {
    // Linux before 6.3 does not know the last flag.
    for (const unsigned flags : {MFD_CLOEXEC | MFD_NOEXEC_SEAL, MFD_CLOEXEC | MFD_ALLOW_SEALING}) {
        const long file = ::syscall(SYS_memfd_create, "bgworkers", flags);
        if (file >= 0 || errno != EINVAL) {
            return static_cast<int>(file);
        }
    }
    return -1;
}

// ftruncate() beyond RLIMIT_FSIZE raises SIGXFSZ on this thread, which ends a process: it is taken away here.
int set_size(int file, size_t bytes) noexcept {
    sigset_t limit, before, pending;
    sigemptyset(&limit);
    sigaddset(&limit, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &limit, &before);
    sigpending(&pending);
    // One that was pending before is somebody else's, and stays.
    const bool was_pending = sigismember(&pending, SIGXFSZ) == 1;
    const int result = ::ftruncate(file, static_cast<off_t>(bytes));
    const int error = errno;
    if (result != 0 && error == EFBIG && !was_pending) {
        const timespec at_once{};
        while (sigtimedwait(&limit, nullptr, &at_once) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return result;
}

int byte_lock(int file, int command, short type, size_t at, struct flock* lock) noexcept {
    *lock = {};
    lock->l_type = type;
    lock->l_whence = SEEK_SET;
    lock->l_start = static_cast<off_t>(at);
    lock->l_len = 1;
    int result;
    while ((result = ::fcntl(file, command, lock)) < 0 && errno == EINTR) {
    }
    return result;
}

}  // namespace

int make_shared_file(size_t bytes) noexcept {
    const int file = make_memory_file();
    if (file < 0) {
        return -1;
    }
    // A file that somebody makes shorter would be SIGBUS in each process. The last seal keeps others from adding
    // F_SEAL_WRITE.
    if (set_size(file, bytes) != 0 || ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        const int error = errno;
        ::close(file);
        errno = error;
        return -1;
    }
    return file;
}

void close_shared_file(int file) noexcept { ::close(file); }

int write_shared(int file, size_t offset, const void* data, size_t bytes) noexcept {
    const char* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t written = ::pwrite(file, from, bytes, static_cast<off_t>(offset));
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            from += written;
            offset += static_cast<size_t>(written);
            bytes -= static_cast<size_t>(written);
        }
    }
    return 0;
}

void* reserve_addresses(size_t bytes) noexcept {
    // PROT_NONE: such a mapping counts as no memory, for RLIMIT_AS alone.
    void* found = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return found == MAP_FAILED ? nullptr : found;
}

void release_addresses(void* addresses, size_t bytes) noexcept { ::munmap(addresses, bytes); }

void* make_shared_page() noexcept {
    void* page = ::mmap(nullptr, kSharedPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? nullptr : page;
}

void release_shared_page(void* page) noexcept { ::munmap(page, kSharedPage); }

bool map_shared(void* at, int file, size_t offset, size_t bytes) noexcept {
    if (::mmap(at, bytes, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, file, static_cast<off_t>(offset)) != at) {
        return false;
    }
    ::madvise(at, bytes, MADV_DONTDUMP);
    return true;
}

bool set_writable(void* at, size_t bytes, bool writable) noexcept {
    return ::mprotect(at, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ) == 0;
}

int give_pages(int file, size_t offset, size_t bytes) noexcept {
    // In steps: a signal that comes while pages are given takes all pages of the call back.
    constexpr size_t kStep = 2 << 20;
    for (size_t done = 0; done < bytes;) {
        const size_t step = std::min(kStep, bytes - done);
        if (::fallocate(file, 0, static_cast<off_t>(offset + done), static_cast<off_t>(step)) == 0) {
            done += step;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int take_pages(int file, size_t offset, size_t bytes) noexcept {
    while (::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                       static_cast<off_t>(bytes)) != 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

size_t given_bytes(int file) noexcept {
    struct stat facts{};
    return ::fstat(file, &facts) == 0 ? static_cast<size_t>(facts.st_blocks) * 512 : 0;
}

bool hold_byte(int file, size_t at) noexcept {
    struct flock lock;
    // A lock of the process, not of the open file (F_OFD_SETLK): a child has the same open file, and would hold its
    // parent's locks when that is dead. F_SETLKW is of no use: the kernel sees deadlocks that are none where two
    // processes lead a scope each.
    return byte_lock(file, F_SETLK, F_WRLCK, at, &lock) == 0;
}

void drop_byte(int file, size_t at) noexcept {
    struct flock lock;
    byte_lock(file, F_SETLK, F_UNLCK, at, &lock);
}

bool is_byte_held(int file, size_t at) noexcept {
    struct flock lock;
    return byte_lock(file, F_GETLK, F_WRLCK, at, &lock) != 0 || lock.l_type != F_UNLCK;
}

}  // namespace bgworkers

#else
#include "core/os/shared_file_missing.h"
#endif
