// PHP values out of bytes: every type that may be published and those that may not, references, arrays that share
// parts, odd keys, holes. The same bytes give the same value on any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/php.h"

namespace fuzz {

class Bytes {
public:
    Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}
    bool empty() const { return at_ >= size_; }
    size_t position() const { return at_; }
    void skip(size_t count) { at_ += count; }
    uint8_t byte() { return empty() ? 0 : data_[at_++]; }
    uint64_t number(int bytes);

private:
    const uint8_t* data_;
    size_t size_;
    size_t at_ = 0;
};

// What a walk over a value finds.
struct Finding {
    bool refused = false;  // set_vars() has to refuse it
    uint32_t weight = 0;   // elements, shared ones as often as they occur
};
Finding inspect(const zval* value);

// Decodes one array. Not thread-safe; the engine's allocations are the calling thread's.
class Value {
public:
    // as_published: without references and circles, as a reader has to find it. previous: what was published last, of
    // that weight; part of the new value where the bytes want it.
    Value(Bytes& bytes, bool as_published, const zval* previous, uint32_t previous_weight);
    // Frees the value, and takes arrays that contain themselves apart.
    ~Value();
    Value(const Value&) = delete;
    Value& operator=(const Value&) = delete;

    zval* get() { return Z_ISREF(value_) ? Z_REFVAL(value_) : &value_; }

private:
    struct Kept {
        zval value;
        uint32_t weight;
    };

    void any(zval* out, uint32_t level);
    void array(zval* out, uint32_t level);
    void deep(zval* out);
    void string(zval* out);
    void take_from_previous(zend_array* table, uint8_t how);
    void insert(zend_array* table, zval* value);
    void contain_itself(zval* array);
    void reuse(zval* out, const zval* value, uint32_t weight);
    void keep(const zval* value, uint32_t weight);

    Bytes& bytes_;
    const bool as_published_;
    const zval* const previous_;
    const uint32_t previous_weight_;
    zval value_;
    uint32_t weight_ = 0;  // an upper bound
    std::vector<Kept> kept_;
    std::vector<zend_array*> circles_;
};

}  // namespace fuzz
