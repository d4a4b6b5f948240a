#include "core/os/process_life.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bgworkers {

namespace {

struct Facts {
    char state = '?';
    unsigned long threads = 0;
    uint64_t start = 0;
};

// proc(5), /proc/PID/stat. The name, second, may hold blanks and parentheses: what follows its last one is counted.
bool read_facts(uint32_t process, Facts* facts) noexcept {
    // Room for all that is needed: the name has 64 bytes at most, 20 numbers follow.
    char path[32], text[1024];
    std::snprintf(path, sizeof(path), "/proc/%u/stat", process);
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const ssize_t length = ::read(file, text, sizeof(text) - 1);
    ::close(file);
    if (length <= 0) {
        return false;
    }
    text[length] = '\0';
    const char* at = std::strrchr(text, ')');
    if (at == nullptr || at[1] != ' ') {
        return false;
    }
    facts->state = *(at += 2);
    for (int field = 3; field < 20; ++field) {
        at = std::strchr(at, ' ');
        if (at == nullptr) {
            return false;
        }
        ++at;
    }
    char* end;
    facts->threads = std::strtoul(at, &end, 10);             // 20: num_threads
    std::strtoul(end, &end, 10);                             // 21: itrealvalue
    facts->start = std::strtoull(end, &end, 10);             // 22: starttime
    return *end == ' ';
}

}  // namespace

uint32_t this_process() noexcept { return static_cast<uint32_t>(::getpid()); }

uint64_t start_of_process(uint32_t process) noexcept {
    Facts facts;
    return read_facts(process, &facts) ? facts.start : 0;
}

uint64_t program_of_process(uint32_t process) noexcept {
    char path[32], text[64];
    // Not exe: to read that of another process takes the right to trace it.
    std::snprintf(path, sizeof(path), "/proc/%u/comm", process);
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    const ssize_t length = ::read(file, text, sizeof(text));
    ::close(file);
    uint64_t hash = 0;
    for (ssize_t i = 0; i < length; ++i) {
        hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001b3 + 1;
    }
    return hash;
}

bool is_process_gone(uint32_t process, uint64_t start, uint64_t mask) noexcept {
    // EPERM is a process of another user, and lives.
    if (::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) {
        return true;
    }
    Facts facts;
    if (!read_facts(process, &facts)) {
        // It has gone since, or /proc is closed to us, which says nothing.
        return ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
    }
    if (start != 0 && facts.start != 0 && ((start ^ facts.start) & mask) != 0) {
        return true;
    }
    return (facts.state == 'Z' || facts.state == 'X') && facts.threads <= 1;
}

}  // namespace bgworkers
