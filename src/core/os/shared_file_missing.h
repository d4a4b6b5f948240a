// core/os/shared_file.h on systems without such memory. Included by the one source that stands for it there.
#pragma once

#include <cerrno>

#include "core/os/shared_file.h"

namespace bgworkers {

int make_shared_file(size_t) noexcept {
    errno = ENOSYS;
    return -1;
}
void close_shared_file(int) noexcept {}
int write_shared(int, size_t, const void*, size_t) noexcept { return ENOSYS; }
void* reserve_addresses(size_t) noexcept { return nullptr; }
void release_addresses(void*, size_t) noexcept {}
void* make_shared_page() noexcept { return nullptr; }
void release_shared_page(void*) noexcept {}
bool map_shared(void*, int, size_t, size_t) noexcept { return false; }
bool set_writable(void*, size_t, bool) noexcept { return false; }
int give_pages(int, size_t, size_t) noexcept { return ENOSYS; }
int take_pages(int, size_t, size_t) noexcept { return ENOSYS; }
size_t given_bytes(int) noexcept { return 0; }
bool hold_byte(int, size_t) noexcept { return false; }
void drop_byte(int, size_t) noexcept {}
bool is_byte_held(int, size_t) noexcept { return true; }

}  // namespace bgworkers
