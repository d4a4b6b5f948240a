// Compiled for Windows, not yet run there.
#include <windows.h>
#include <winsock2.h>

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <string>

#include "host/os.h"

namespace bgworkers {
namespace os {

namespace {

void (*on_worker)() = nullptr;

void CALLBACK on_interrupt(ULONG_PTR) { on_worker(); }

bool write_whole(HANDLE file, std::string_view text) {
    DWORD written = 0;
    return WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) != 0;
}

}  // namespace

void choose_signal(bool (*)(), void (*then)()) noexcept { on_worker = then; }

// Ends what waits for a file or pipe; an alertable wait ends by the call that is queued for it.
bool interrupt_call(uv_thread_t thread, bool) noexcept {
    CancelSynchronousIo(thread);
    QueueUserAPC(on_interrupt, thread, 0);
    return true;
}

void block_process_signals() noexcept {}
void capture_signal_mask() noexcept {}
void open_signal_mask(SignalMask*) noexcept {}
void close_signal_mask(const SignalMask&) noexcept {}
void host_signal_mask(SignalMask*) noexcept {}
void hold_interrupts(SignalMask*) noexcept {}
void wait_for_interrupt(const SignalMask&, double) noexcept { Sleep(20); }
bool handle_forks(void (*)(), void (*)(), void (*)()) noexcept { return true; }

char* resolve_path(const char* path) noexcept {
    if (_access(path, 0) != 0) {
        return nullptr;
    }
    return _fullpath(nullptr, path, 0);
}

// There is no fork, and the event log has a handle for each caller.
void enter_syslog() noexcept {}
void leave_syslog() noexcept {}
void close_syslog_for_fork() noexcept {}
void open_syslog_in_parent() noexcept {}
void open_syslog_in_child() noexcept {}
// The system guards its variables itself.
bool copy_environment(std::vector<std::string>* entries) noexcept {
    char* const block = GetEnvironmentStringsA();
    bool complete = block != nullptr;
    try {
        for (const char* entry = block; complete && *entry != '\0'; entry += entries->back().size() + 1) {
            entries->emplace_back(entry);
        }
    } catch (const std::bad_alloc&) {
        complete = false;
    }
    if (block != nullptr) {
        FreeEnvironmentStringsA(block);
    }
    return complete;
}

int file_mode_mask() noexcept {
    const int mask = _umask(_S_IREAD | _S_IWRITE);
    _umask(mask);
    return mask;
}

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

// The event log, under the name that PHP's own messages have there.
void write_to_syslog(SyslogName, LogLevel level, std::string_view line) noexcept try {
    const HANDLE source = RegisterEventSourceA(nullptr, "PHP");
    if (source != nullptr) {
        const WORD type = level == LogLevel::error     ? EVENTLOG_ERROR_TYPE
                          : level == LogLevel::warning ? EVENTLOG_WARNING_TYPE
                                                       : EVENTLOG_INFORMATION_TYPE;
        const std::string text(line);
        const char* strings[] = {text.c_str()};
        ReportEventA(source, type, 0, 1, nullptr, 1, 0, strings, nullptr);
        DeregisterEventSource(source);
    }
} catch (const std::bad_alloc&) {
    write_to_stderr(line);
}

// PHP's own priorities on Windows (win32/syslog.h).
void write_to_syslog(SyslogName name, int priority, std::string_view lines) noexcept {
    constexpr int kError = 4, kWarning = 5;
    const LogLevel level = priority <= kError     ? LogLevel::error
                           : priority == kWarning ? LogLevel::warning
                                                  : LogLevel::notice;
    write_to_syslog(name, level, lines);
}

void keep_outputs() noexcept {}
void write_to_host(HostOutput which, std::string_view text) noexcept {
    write_whole(GetStdHandle(which == HostOutput::out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE), text);
}

bool append_to_file(const char* path, int, std::string_view text) noexcept {
    const HANDLE file = CreateFileA(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) {
        return false;
    }
    write_whole(file, text);
    CloseHandle(file);
    return true;
}

}  // namespace os
}  // namespace bgworkers
