// Compiled for Windows, not yet run there.
#include "host/os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <windows.h>

namespace bgworkers {
namespace os {

namespace {

bool write_whole(HANDLE file, std::string_view text) {
    DWORD written = 0;
    return WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) != 0;
}

}  // namespace

bool open_pipe(int*, int*) noexcept {
    errno = ENOSYS;
    return false;
}
long read_pipe(int, char*, size_t) noexcept { return -1; }
int open_null() noexcept { return _open("NUL", _O_RDWR | _O_NOINHERIT); }
int duplicate(int descriptor) noexcept { return _dup(descriptor); }
void close_descriptor(int descriptor) noexcept { _close(descriptor); }

// Nothing here reads such a file: cmd.exe takes no values from one.
bool write_private_file(char*, size_t, std::string_view) noexcept {
    errno = ENOSYS;
    return false;
}

void remove_file(const char* path) noexcept { DeleteFileA(path); }
void copy_file(const char*, void (*)(std::string_view)) noexcept {}

void keep_outputs() noexcept {}
void write_to_host(HostOutput which, std::string_view text) noexcept {
    write_whole(GetStdHandle(which == HostOutput::out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE), text);
}

int append_to_file(const char* path, int, std::string_view text) noexcept {
    const HANDLE file = CreateFileA(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) {
        return static_cast<int>(GetLastError());
    }
    const int error = write_whole(file, text) ? 0 : static_cast<int>(GetLastError());
    CloseHandle(file);
    return error;
}

}  // namespace os
}  // namespace bgworkers
