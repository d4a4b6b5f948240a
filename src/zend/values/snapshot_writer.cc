#include "zend/values/snapshot_writer.h"

#include <algorithm>

#include "zend/values/array_layout.h"
#include "zend/values/snapshot_measure.h"
#include "zend/values/source_walk.h"

namespace bgworkers {

namespace {

// Writes into a block that measure_snapshot() has counted out.
class Copy {
public:
    Copy(PointerMap& memo, void* block, const Measured& measured, bool hashes)
        : memo_(memo), hashes_(hashes), next_(static_cast<char*>(block)) {
        head_ = static_cast<SnapshotHead*>(take(aligned(sizeof(SnapshotHead))));
        head_->enums = static_cast<EnumName**>(take(measured.enum_count * sizeof(EnumName*)));
        head_->enum_count = 0;
        head_->repeats = 0;
        // 2 KB, which small arrays without such strings need not pay for.
        if (measured.has_short_strings) {
            std::fill_n(short_, kShortStrings, nullptr);
        }
    }

    void root(const zend_array* source) { head_->array = array(source, false); }
    const char* end() const { return next_; }

private:
    void* take(size_t bytes) {
        void* piece = next_;
        next_ += bytes;
        return piece;
    }

    // Where the copy of a shared value is noted; nullptr for one that occurs once.
    uintptr_t* noted(const void* source) { return memo_.find(source); }

    static bool is_copied(const uintptr_t* word) { return word != nullptr && (*word & kMeasured) == 0; }

    // All but what its elements say.
    zend_array* new_array(uint32_t elements, bool packed) {
        auto* copy = static_cast<zend_array*>(take(sizeof(zend_array)));
        GC_SET_REFCOUNT(copy, 2);
        GC_TYPE_INFO(copy) = kArrayGc;
        copy->u.flags =
            elements == 0 ? HASH_FLAG_UNINITIALIZED : HASH_FLAG_STATIC_KEYS | (packed ? HASH_FLAG_PACKED : 0);
        copy->nTableSize = table_size(elements);
        copy->nTableMask = packed || elements == 0 ? HT_MIN_MASK : HT_SIZE_TO_MASK(copy->nTableSize);
        copy->nNumUsed = copy->nNumOfElements = elements;
        copy->nInternalPointer = 0;
        // As of the engine's []; what has elements gets the source's.
        copy->nNextFreeElement = ZEND_LONG_MIN;
        copy->pDestructor = nullptr;
        HT_SET_DATA_ADDR(copy, take(array_bytes(elements, packed) - sizeof(zend_array)));
        return copy;
    }

    zend_array* empty_array() {
        if (empty_ == nullptr) {
            empty_ = new_array(0, false);
            HT_HASH_RESET_PACKED(empty_);
        }
        return empty_;
    }

    zend_array* array(const zend_array* source, bool through_reference) {
        const uint32_t elements = count_elements(source);
        if (elements == 0) {
            return empty_array();
        }
        const bool shared = through_reference || is_shared(source);
        if (uintptr_t* word = shared ? noted(source) : nullptr; is_copied(word)) {
            head_->repeats = 1;
            return reinterpret_cast<zend_array*>(*word);
        }
        const bool packed = stays_packed(source);
        zend_array* copy = new_array(elements, packed);
        copy->nNextFreeElement = source->nNextFreeElement;

        bool enums_inside = false;
        uint32_t at = 0;
        if (packed) {
            HT_HASH_RESET_PACKED(copy);
            for_each(source, [&](const zend_string*, zend_ulong, const zval* element) {
                enums_inside |= value(&copy->arPacked[at], element);
                // Nobody reads it; unwritten, it would be whatever lay in this memory before.
                Z_EXTRA(copy->arPacked[at++]) = 0;
                return true;
            });
        } else {
            HT_HASH_RESET(copy);
            for_each(source, [&](const zend_string* key, zend_ulong index, const zval* element) {
                Bucket* bucket = &copy->arData[at];
                bucket->key = key == nullptr ? nullptr : string(key);
                bucket->h = key == nullptr ? index : ZSTR_H(bucket->key);
                enums_inside |= value(&bucket->val, element);
                // As the engine would link them: the newest first.
                const uint32_t chain = static_cast<uint32_t>(bucket->h | copy->nTableMask);
                Z_NEXT(bucket->val) = HT_HASH(copy, chain);
                HT_HASH(copy, chain) = HT_IDX_TO_HASH(at);
                ++at;
                return true;
            });
        }
        if (enums_inside) {
            mark_holds_enum(copy);
        }
        if (shared) {
            // At the end: nothing inside leads here, for measuring has refused what contains itself.
            *noted(source) = reinterpret_cast<uintptr_t>(copy);
        }
        return copy;
    }

    // Does the value hold an enum case?
    bool value(zval* copy, const zval* element) {
        const zval* actual = follow(element);
        switch (Z_TYPE_P(actual)) {
            case IS_STRING: ZVAL_INTERNED_STR(copy, string(Z_STR_P(actual))); return false;
            case IS_ARRAY: {
                zend_array* inner = array(Z_ARR_P(actual), is_through_reference(element, actual));
                // Not ZVAL_ARR(), which sets the bits for counting.
                Z_ARR_P(copy) = inner;
                Z_TYPE_INFO_P(copy) = IS_ARRAY;
                return holds_enum(inner);
            }
            case IS_OBJECT: ZVAL_PTR(copy, enum_case(Z_OBJ_P(actual))); return true;
            case IS_LONG:
            case IS_DOUBLE: ZVAL_COPY_VALUE(copy, actual); return false;
            default:
                Z_LVAL_P(copy) = 0;  // the source's word is whatever the variable held before
                Z_TYPE_INFO_P(copy) = Z_TYPE_P(actual);
                return false;
        }
    }

    zend_string* string(const zend_string* source) {
        if (const int number = short_string(source); number >= 0) {
            if (short_[number] == nullptr) {
                short_[number] = write(source);
            }
            return short_[number];
        }
        if (!is_shared(source)) {
            return write(source);
        }
        RecentStrings::Place& place = recent_.of(source);
        if (place.source == source) {
            head_->repeats = 1;
        } else {
            place = {source, shared_string(source)};
        }
        return place.copy;
    }

    zend_never_inline zend_string* shared_string(const zend_string* source) {
        uintptr_t* word = noted(source);
        if (is_copied(word)) {
            head_->repeats = 1;
            return reinterpret_cast<zend_string*>(*word);
        }
        zend_string* copy = write(source);
        *word = reinterpret_cast<uintptr_t>(copy);
        return copy;
    }

    zend_string* write(const zend_string* source) {
        auto* copy = static_cast<zend_string*>(take(string_bytes(source)));
        // A header of its own: in that of a class's name the count is an offset, and OPcache's flags are about
        // OPcache's memory.
        GC_SET_REFCOUNT(copy, 1);
        // Handed on, since the engine notes it later only in strings that it may write to.
        GC_TYPE_INFO(copy) = kStringGc | ((GC_FLAGS(source) & IS_STR_VALID_UTF8) << GC_FLAGS_SHIFT);
        ZSTR_LEN(copy) = ZSTR_LEN(source);
        memcpy(ZSTR_VAL(copy), ZSTR_VAL(source), ZSTR_LEN(source) + 1);
        ZSTR_H(copy) = ZSTR_H(source);
        // The engine writes a missing hash into the string, and this one it must not write to.
        if (hashes_ && ZSTR_H(copy) == 0) {
            ZSTR_H(copy) = zend_hash_func(ZSTR_VAL(source), ZSTR_LEN(source));
        }
        return copy;
    }

    EnumName* enum_case(zend_object* object) {
        uintptr_t* word = noted(object);
        if (is_copied(word)) {
            return reinterpret_cast<EnumName*>(*word);
        }
        auto* name = static_cast<EnumName*>(take(aligned(sizeof(EnumName))));
        *word = reinterpret_cast<uintptr_t>(name);
        name->class_name = string(object->ce->name);
        name->case_name = string(Z_STR_P(zend_enum_fetch_case_name(object)));
        name->index = head_->enum_count++;
        head_->enums[name->index] = name;
        return name;
    }

    PointerMap& memo_;
    const bool hashes_;
    RecentStrings recent_;
    char* next_;
    SnapshotHead* head_;
    zend_array* empty_ = nullptr;
    zend_string* short_[kShortStrings];  // only where there are any
};

}  // namespace

Status write_snapshot(const zend_array* vars, const WriteTerms& terms, const TakeMemory& take, bool* has_references) {
    PointerMap memo;
    Measured measured;
    if (Status status = measure_snapshot(vars, terms, memo, &measured); !status.ok()) {
        return status;
    }
    const Result<void*> memory = take(measured.bytes);
    if (!memory.ok()) {
        return memory.status();
    }
    if (memory.value() == nullptr) {
        return no_memory_for(terms, measured.bytes);
    }
    const bool hashes = measured.bytes >= terms.hashes_from;
    // Still as it was measured: no PHP has run, and the array is this thread's alone.
    Copy copy(memo, memory.value(), measured, hashes);
    copy.root(vars);
    ZEND_ASSERT(copy.end() == static_cast<char*>(memory.value()) + measured.bytes);
#if ZEND_DEBUG || defined(BGWORKERS_CHECK_LAYOUT)
    check_layout(memory.value(), measured.bytes, hashes);
#endif
    *has_references = measured.has_references;
    return {};
}

Status write_snapshot(const zend_array* vars, const WriteTerms& terms, Written* written) {
    Block block;
    const TakeMemory take = [&block](size_t bytes) -> Result<void*> {
        block = Block::allocate(bytes);
        return block.data();
    };
    Status status = write_snapshot(vars, terms, take, &written->has_references);
    if (status.ok()) {
        block.seal();
        written->block = std::move(block);
    }
    return status;
}

}  // namespace bgworkers
