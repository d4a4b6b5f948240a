// Descriptors and files of ours. Any thread.
#pragma once

#include <string_view>

namespace bgworkers {
namespace os {

// Descriptors that children do not inherit, none of the low three (core/os/low_descriptors.h). -1, or false, and errno:
// there is none. Reading does not wait: -1 where nothing is there, 0 at the end. On Windows there are no pipes for us.
bool open_pipe(int* reader, int* writer) noexcept;
long read_pipe(int reader, char* bytes, size_t room) noexcept;
int open_null() noexcept;
int duplicate(int descriptor) noexcept;
void close_descriptor(int descriptor) noexcept;

// A new file that only this user can read. path: the directory, afterwards the file. false and errno: there is none.
bool write_private_file(char* path, size_t room, std::string_view text) noexcept;
void remove_file(const char* path) noexcept;
void copy_file(const char* path, void (*take)(std::string_view bytes)) noexcept;

// The process's stdout and stderr as they are now are where lines go from here on, whatever becomes of the descriptors:
// a script may close STDERR, and the next file that it opens has that number. By the first request; before, and if
// there is no descriptor left, it is whatever has the number.
void keep_outputs() noexcept;
enum class HostOutput { out, error };
void write_to_host(HostOutput which, std::string_view text) noexcept;
inline void write_to_stderr(std::string_view text) noexcept { write_to_host(HostOutput::error, text); }
// 0, or the system's error: not all of it was written.
int append_to_file(const char* path, int mode, std::string_view text) noexcept;

}  // namespace os
}  // namespace bgworkers
