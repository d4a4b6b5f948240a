// What belongs to the process as a whole, and each system tells in its own way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bgworkers {
namespace os {

// For all forks of the process from here on. false: the handlers could not be installed.
bool handle_forks(void (*before)(), void (*in_parent)(), void (*in_child)()) noexcept;

// Which user the process is, as a number of the system's; constant where there are none.
uint64_t effective_user() noexcept;

// What tells processes of one user apart that were made for different things: what the process calls itself (php-fpm:
// the name of the pool), and its root directory. Throws std::bad_alloc at the most.
std::string purpose_of_process();

// The path without links, from malloc; nullptr and errno if there is no such file. Any thread.
char* resolve_path(const char* path) noexcept;

// The process's variables, each "NAME=value", copied under PHP's lock for them. Not on threads that PHP does not know.
// false: out of memory, or they cannot be found.
bool copy_environment(std::vector<std::string>* entries) noexcept;

// The process's mask for new files, without changing it: umask(2) can only be read by setting it, and for a moment
// every file of the process would be made with another mode. Where the system does not tell, that is what happens.
int file_mode_mask() noexcept;

}  // namespace os
}  // namespace bgworkers
