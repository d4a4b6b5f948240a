#include "zend/values/array_layout.h"

#if ZEND_DEBUG || defined(BGWORKERS_CHECK_LAYOUT)

#include <cstdio>
#include <cstdlib>

#include "core/base/pointer_map.h"

namespace bgworkers {

namespace {

class Checker {
public:
    Checker(const void* block, size_t size, bool hashes)
        : begin_(static_cast<const char*>(block)), end_(begin_ + size), hashes_(hashes) {}

    void snapshot() {
        const auto* head = reinterpret_cast<const SnapshotHead*>(begin_);
        inside(head, sizeof(SnapshotHead));
        inside(head->enums, head->enum_count * sizeof(EnumName*));
        for (uint32_t i = 0; i < head->enum_count; ++i) {
            enum_name(head->enums[i]);
            require(head->enums[i]->index == i, "enum is at its index");
        }
        array(head->array);
    }

private:
    void array(const zend_array* array) {
        bool made = true;
        // What is shared is checked once, or a deep block would take for ever.
        seen_.find_or_make(array, nullptr, &made);
        if (!made) {
            return;
        }
        // First, or the check itself would read outside.
        inside(array, sizeof(zend_array));
        require(GC_REFCOUNT(array) == 2, "refcount is 2");
        require(GC_TYPE_INFO(array) == kArrayGc, "immutable, persistent, not collectable");
        require(array->nNumUsed == array->nNumOfElements, "no holes");
        require(array->nInternalPointer == 0 && array->u.v.nIteratorsCount == 0, "at its first element, no iterators");
        require(array->nTableSize == table_size(array->nNumUsed), "table size is the engine's");
        require(array->pDestructor == nullptr, "no destructor");
        if (array->nNumUsed == 0) {
            empty_array(array);
            return;
        }
        require((HT_FLAGS(array) & HASH_FLAG_UNINITIALIZED) == 0, "has its elements");
        bool enums = false;
        if (HT_IS_PACKED(array)) {
            require(array->nTableMask == HT_MIN_MASK, "packed mask");
            inside(HT_GET_DATA_ADDR(array), array_bytes(array->nNumUsed, true) - sizeof(zend_array));
            for (uint32_t i = 0; i < array->nNumUsed; ++i) {
                enums |= value(&array->arPacked[i]);
            }
        } else {
            require(array->nTableMask == HT_SIZE_TO_MASK(array->nTableSize), "hash mask");
            inside(HT_GET_DATA_ADDR(array), array_bytes(array->nNumUsed, false) - sizeof(zend_array));
            for (uint32_t i = 0; i < array->nNumUsed; ++i) {
                const Bucket& bucket = array->arData[i];
                enums |= value(&bucket.val);
                if (bucket.key != nullptr) {
                    string(bucket.key);
                    require(bucket.h == ZSTR_H(bucket.key), "key's hash");
                    require(zend_hash_find(array, bucket.key) == &bucket.val, "key is found");
                } else {
                    require(zend_hash_index_find(array, bucket.h) == &bucket.val, "index is found");
                }
            }
        }
        require(enums == holds_enum(array), "marked if it holds enums");
    }

    void empty_array(const zend_array* array) {
        require(empty_ == nullptr || empty_ == array, "one [] in a block");
        empty_ = array;
        require(HT_FLAGS(array) == HASH_FLAG_UNINITIALIZED && array->nTableMask == HT_MIN_MASK, "[] is the engine's");
        const auto* slots = reinterpret_cast<const uint32_t*>(HT_GET_DATA_ADDR(array));
        inside(slots, 2 * sizeof(uint32_t));
        require(slots[0] == HT_INVALID_IDX && slots[1] == HT_INVALID_IDX, "nothing is found in []");
        require(!holds_enum(array), "[] holds no enum");
    }

    bool value(const zval* value) {
        require(!Z_REFCOUNTED_P(value), "no refcounted type word");
        switch (Z_TYPE_P(value)) {
            case IS_NULL:
            case IS_FALSE:
            case IS_TRUE: require(Z_LVAL_P(value) == 0, "null and bool have no word"); return false;
            case IS_LONG:
            case IS_DOUBLE: return false;
            case IS_STRING: string(Z_STR_P(value)); return false;
            case IS_ARRAY: array(Z_ARR_P(value)); return holds_enum(Z_ARR_P(value));
            case IS_PTR: enum_name(static_cast<const EnumName*>(Z_PTR_P(value))); return true;
            default: require(false, "a type that is published"); return false;
        }
    }

    void enum_name(const EnumName* name) {
        inside(name, sizeof(EnumName));
        string(name->class_name);
        string(name->case_name);
        require(name->index < reinterpret_cast<const SnapshotHead*>(begin_)->enum_count &&
                    reinterpret_cast<const SnapshotHead*>(begin_)->enums[name->index] == name,
                "enum is in the list");
    }

    void string(const zend_string* string) {
        // The header alone, which says how long the rest is.
        inside(string, _ZSTR_HEADER_SIZE);
        inside(string, string_bytes(string));
        if (const int number = short_string(string); number >= 0) {
            require(short_[number] == nullptr || short_[number] == string, "one such short string in a block");
            short_[number] = string;
        }
        require((GC_TYPE_INFO(string) & ~(IS_STR_VALID_UTF8 << GC_FLAGS_SHIFT)) == kStringGc, "string flags");
        require(
            (!hashes_ && ZSTR_H(string) == 0) || ZSTR_H(string) == zend_hash_func(ZSTR_VAL(string), ZSTR_LEN(string)),
            "string's hash");
        require(ZSTR_VAL(string)[ZSTR_LEN(string)] == '\0', "NUL-terminated");
    }

    void inside(const void* part, size_t size) {
        const char* at = static_cast<const char*>(part);
        require(at >= begin_ && at <= end_ && size <= static_cast<size_t>(end_ - at), "inside the snapshot's block");
    }

    static void require(bool fine, const char* rule) {
        if (!fine) {
            fprintf(stderr, "bgworkers: a snapshot breaks the layout rule: %s\n", rule);
            abort();
        }
    }

    const char* const begin_;
    const char* const end_;
    const bool hashes_;
    const zend_array* empty_ = nullptr;
    const zend_string* short_[kShortStrings] = {};
    PointerMap seen_;
};

}  // namespace

void check_layout(const void* block, size_t size, bool hashes) { Checker(block, size, hashes).snapshot(); }

}  // namespace bgworkers

#endif
