// Memory without a name that processes share: a file of the system's memory, addresses for it, its bytes as locks.
//
// Linux alone has all of it (memfd, holes, byte locks that the kernel drops when their holder dies); elsewhere
// make_shared_file() says so, and nothing else is called. shared_file_posix.cc and shared_file_windows.cc.
//
// Threads: any. Nothing here blocks, but that giving pages costs what clearing them costs. Fork: a child has the
// descriptors and the mappings (they are shared), never the locks. No signal reaches the process from here: where a
// limit of file sizes would raise SIGXFSZ the call fails.
#pragma once

#include <cstddef>

namespace bgworkers {

constexpr size_t kSharedPage = 4096;

// A new file of so many bytes, all of them holes, which nobody can make shorter or longer; closed by exec. -1, and why
// in errno: ENOSYS where there is no such thing, EFBIG if RLIMIT_FSIZE forbids it.
int make_shared_file(size_t bytes) noexcept;
void close_shared_file(int file) noexcept;

// 0, or the error. Where nobody has mapped the file yet.
int write_shared(int file, size_t offset, const void* data, size_t bytes) noexcept;

// Addresses that nothing uses and nothing may touch; nullptr if there are none (RLIMIT_AS). They cost no memory.
void* reserve_addresses(size_t bytes) noexcept;
void release_addresses(void* addresses, size_t bytes) noexcept;
// One zeroed page that this process and the children it forks from now on share. nullptr: out of memory.
void* make_shared_page() noexcept;
void release_shared_page(void* page) noexcept;

// Maps a part of a file over reserved addresses, readable; left out of core dumps. What lay there is replaced.
bool map_shared(void* at, int file, size_t offset, size_t bytes) noexcept;
// May this process write there?
bool set_writable(void* at, size_t bytes, bool writable) noexcept;

// Gives pages to a part of the file, cleared if they are new; afterwards a write there cannot fail. 0, or the error:
// ENOSPC or ENOMEM. On an error some of the pages may have been given.
int give_pages(int file, size_t offset, size_t bytes) noexcept;
// Takes them back: the part reads as zeros. 0 or the error.
int take_pages(int file, size_t offset, size_t bytes) noexcept;
// For tests: how many bytes of the file have pages.
size_t given_bytes(int file) noexcept;

// Locks on single bytes. They belong to the process; closing any descriptor of the file drops all of them, which a
// script can do through /proc/self/fd, so that a free byte alone proves nothing.
bool hold_byte(int file, size_t at) noexcept;  // false: another process holds it, or the system has no lock left
void drop_byte(int file, size_t at) noexcept;
// By a process other than the caller. If the system does not tell: yes.
bool is_byte_held(int file, size_t at) noexcept;

}  // namespace bgworkers
