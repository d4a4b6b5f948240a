#include "failing_memory.h"

#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine.h"

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
}

namespace embed {

namespace {

// No initialiser that runs: malloc comes before everything.
constinit thread_local bool armed = false;
constinit thread_local bool lasting_failure = false;
constinit thread_local long left = 0;
constinit thread_local long failed = 0;
constinit thread_local long by_engine = 0;

struct Code {
    const char* library;
    uintptr_t begin, end;
    bool contains(uintptr_t at) const { return at >= begin && at < end; }
};
Code engine{"libphp", 0, 0}, libuv{"libuv", 0, 0};

int find_code(dl_phdr_info* info, size_t, void*) {
    for (Code* code : {&engine, &libuv}) {
        for (int i = 0; strstr(info->dlpi_name, code->library) != nullptr && i < info->dlpi_phnum; ++i) {
            const ElfW(Phdr)& part = info->dlpi_phdr[i];
            if (part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0) {
                code->begin = info->dlpi_addr + part.p_vaddr;
                code->end = code->begin + part.p_memsz;
            }
        }
    }
    return 0;
}

bool fails(void* caller) {
    if (!armed) {
        return false;
    }
    const auto at = reinterpret_cast<uintptr_t>(caller);
    if (engine.contains(at)) {
        ++by_engine;
        return false;
    }
    if (libuv.contains(at)) {
        return false;
    }
    if (left > 0 && --left > 0) {
        return false;
    }
    if (failed > 0 && !lasting_failure) {
        return false;
    }
    ++failed;
    errno = ENOMEM;
    return true;
}

}  // namespace

void arm_memory(long n, bool lasting) {
    if (engine.end == 0) {
        dl_iterate_phdr(find_code, nullptr);
    }
    left = n;
    lasting_failure = lasting;
    failed = by_engine = 0;
    armed = true;
}

long disarm_memory() {
    armed = false;
    return failed;
}

long engine_allocations() { return by_engine; }

// --- Request memory ---------------------------------------------------------------------------------------------

namespace {

thread_local long request_left = 0;
thread_local bool limit_reached = false;

#if ZEND_DEBUG && PHP_VERSION_ID >= 80400
#define PLACE , const char*, uint32_t, const char*, uint32_t
#else
#define PLACE
#endif

void count_down() {
    if (request_left > 0 && --request_left == 0) {
        limit_reached = true;
        zend_error_noreturn(E_ERROR, "Allowed memory size is exhausted, says the test");
    }
}

void* request_malloc(size_t size PLACE) {
    count_down();
    return zend_mm_alloc(zend_mm_get_heap(), size);
}

void request_free(void* block PLACE) { zend_mm_free(zend_mm_get_heap(), block); }

void* request_realloc(void* block, size_t size PLACE) {
    count_down();
    return zend_mm_realloc(zend_mm_get_heap(), block, size);
}

}  // namespace

void arm_request_memory(long n) {
    limit_reached = false;
    request_left = n;
    zend_mm_set_custom_handlers(zend_mm_get_heap(), request_malloc, request_free, request_realloc);
}

bool disarm_request_memory() {
    request_left = 0;
    zend_mm_set_custom_handlers(zend_mm_get_heap(), nullptr, nullptr, nullptr);
    return limit_reached;
}

}  // namespace embed

// --- In front of libc -------------------------------------------------------------------------------------------

extern "C" __attribute__((visibility("default"))) void* malloc(size_t size) noexcept {
    return embed::fails(__builtin_return_address(0)) ? nullptr : __libc_malloc(size);
}

extern "C" __attribute__((visibility("default"))) void* calloc(size_t count, size_t size) noexcept {
    return embed::fails(__builtin_return_address(0)) ? nullptr : __libc_calloc(count, size);
}

extern "C" __attribute__((visibility("default"))) void* realloc(void* block, size_t size) noexcept {
    return embed::fails(__builtin_return_address(0)) ? nullptr : __libc_realloc(block, size);
}

extern "C" __attribute__((visibility("default"))) void* mmap(void* address, size_t length, int protection, int flags,
                                                             int descriptor, off_t offset) noexcept {
    if (embed::fails(__builtin_return_address(0))) {
        return MAP_FAILED;
    }
    return reinterpret_cast<void*>(syscall(SYS_mmap, address, length, protection, flags, descriptor, offset));
}
