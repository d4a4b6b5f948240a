#include "host/os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>

#include "core/os/low_descriptors.h"

namespace bgworkers {
namespace os {

namespace {

constexpr int kNotKept = -1;
constexpr int kClosed = -2;  // before us
std::atomic<int> kept_outputs[2] = {kNotKept, kNotKept};

bool write_whole(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        // Our own signals interrupt workers here; half a line would stay half.
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            text.remove_prefix(static_cast<size_t>(written));
        }
    }
    return true;
}

}  // namespace

bool open_pipe(int* reader, int* writer) noexcept {
    const LowDescriptors kept_free;
    int ends[2];
#ifdef __APPLE__
    if (::pipe(ends) != 0) {
        return false;
    }
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#else
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
#endif
    // The reader alone: what children write to has to block, as they expect of their output.
    ::fcntl(ends[0], F_SETFL, ::fcntl(ends[0], F_GETFL) | O_NONBLOCK);
    *reader = ends[0];
    *writer = ends[1];
    return true;
}

long read_pipe(int reader, char* bytes, size_t room) noexcept {
    ssize_t count;
    do {
        count = ::read(reader, bytes, room);
    } while (count < 0 && errno == EINTR);
    return static_cast<long>(count);
}

int open_null() noexcept {
    const LowDescriptors kept_free;
    return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

int duplicate(int descriptor) noexcept { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); }

void close_descriptor(int descriptor) noexcept { ::close(descriptor); }

bool write_private_file(char* path, size_t room, std::string_view text) noexcept {
    const size_t length = strlen(path);
    if (static_cast<size_t>(snprintf(path + length, room - length, "/bgworkers-XXXXXX")) >= room - length) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int file = ::mkostemp(path, O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const bool written = write_whole(file, text);
    // close() may set another one.
    const int error = errno;
    ::close(file);
    if (!written) {
        remove_file(path);
        errno = error;
    }
    return written;
}

void remove_file(const char* path) noexcept { ::unlink(path); }

void copy_file(const char* path, void (*take)(std::string_view)) noexcept {
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    char bytes[4096];
    for (long count; file >= 0 && (count = read_pipe(file, bytes, sizeof(bytes))) > 0;) {
        take({bytes, static_cast<size_t>(count)});
    }
    if (file >= 0) {
        ::close(file);
    }
}

void keep_outputs() noexcept {
    for (int number = STDOUT_FILENO; number <= STDERR_FILENO; ++number) {
        std::atomic<int>& place = kept_outputs[number - STDOUT_FILENO];
        const int old = place.load();
        const int kept = duplicate(number);
        if (kept < 0) {
            // Closed before us, the number is whatever opens next; short of descriptors, it is still the process's own.
            place.store(errno == EBADF ? kClosed : kNotKept);
        } else if (old >= 0) {  // of a module before; the number stays, for somebody may be writing to it
            ::dup2(kept, old);
            ::fcntl(old, F_SETFD, FD_CLOEXEC);
            ::close(kept);
        } else {
            place.store(kept);
        }
    }
}

void write_to_host(HostOutput which, std::string_view text) noexcept {
    const int number = which == HostOutput::out ? STDOUT_FILENO : STDERR_FILENO;
    const int kept = kept_outputs[number - STDOUT_FILENO].load();
    if (kept != kClosed) {
        write_whole(kept == kNotKept ? number : kept, text);
    }
}

int append_to_file(const char* path, int mode, std::string_view text) noexcept {
    int file = ::open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, mode);
    if (file >= 0 && file <= STDERR_FILENO) {  // what the process prints would go there
        const int higher = duplicate(file);
        ::close(file);
        file = higher;
    }
    if (file < 0) {
        return errno;
    }
    const int error = write_whole(file, text) ? 0 : errno;
    ::close(file);
    return error;
}

}  // namespace os
}  // namespace bgworkers
