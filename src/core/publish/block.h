// A piece of memory that is written once and then only read.
//
// It holds a whole PHP array, contiguous, and leads nowhere outside itself. After seal() no byte of it is written until
// it is freed: any thread may read it without a lock, and where protection is on it is mapped read-only. Who may read
// it, and until when, is its owner's business: a snapshot has pins (snapshot.h).
//
// Threads: one owner, who may hand it on. Blocks of kMapThreshold bytes or more come from mmap, because writer and
// last reader are different threads and a malloc arena would keep the memory; one such block, the last that was
// freed, is kept for the next (not cleared). Any thread may free. Fork: the child has a copy of everything.
#pragma once

#include <cstddef>
#include <utility>

namespace bgworkers {

class Block {
public:
    static constexpr size_t kMapThreshold = 128 * 1024;  // bytes

    // The data is not initialised; it is aligned for any type. An empty block if out of memory. bytes: 1 or more.
    static Block allocate(size_t bytes) noexcept;

    Block() = default;
    Block(Block&& other) noexcept { swap(other); }
    Block& operator=(Block&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Block() { release(); }

    explicit operator bool() const noexcept { return data_ != nullptr; }
    void* data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }

    // The data is complete; from here on it is constant.
    void seal() noexcept;

    // Map every block and make it read-only in seal(). For debug builds and tests; set before the first allocate().
    static void protect_sealed(bool on) noexcept;
    // End of the module: gives the kept block back to the system.
    static void drop_spare() noexcept;

private:
    void swap(Block& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(mapped_, other.mapped_);
        std::swap(read_only_, other.read_only_);
    }
    void release() noexcept;

    void* data_ = nullptr;
    size_t size_ = 0;
    size_t mapped_ = 0;  // bytes mapped, 0 = from malloc
    bool read_only_ = false;
};

}  // namespace bgworkers
