#include "zend/values/array_layout.h"

#if ZEND_DEBUG || defined(BGWORKERS_CHECK_LAYOUT)

#include <cstdio>
#include <cstdlib>

#include "core/base/pointer_map.h"

namespace bgworkers {

namespace {

class Checker {
public:
    Checker(const void* block, size_t size) : begin_(static_cast<const char*>(block)), end_(begin_ + size) {}

    void array(const zend_array* array) {
        if (array == &zend_empty_array) {
            return;
        }
        bool made;
        seen_.find_or_make(array, nullptr, &made);
        if (!made) {
            return;
        }
        inside(array, sizeof(zend_array));
        require(GC_REFCOUNT(array) == 2, "refcount is 2");
        require(GC_TYPE_INFO(array) == kArrayGc, "immutable, persistent, not collectable");
        require(array->nNumUsed == array->nNumOfElements && array->nNumUsed > 0, "no holes");
        require(array->nInternalPointer == 0 && array->u.v.nIteratorsCount == 0, "at its first element, no iterators");
        require(array->nTableSize == table_size(array->nNumUsed), "table size is the engine's");
        require(array->pDestructor == ZVAL_PTR_DTOR, "destructor is the engine's");
        bool enums = false;
        if (HT_IS_PACKED(array)) {
            require(array->nTableMask == HT_MIN_MASK, "packed mask");
            inside(array->arPacked, array->nNumUsed * sizeof(zval));
            for (uint32_t i = 0; i < array->nNumUsed; ++i) {
                enums |= value(&array->arPacked[i]);
            }
        } else {
            require(array->nTableMask == HT_SIZE_TO_MASK(array->nTableSize), "hash mask");
            inside(array->arData, array->nNumUsed * sizeof(Bucket));
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

private:
    bool value(const zval* value) {
        require(!Z_REFCOUNTED_P(value), "no refcounted type word");
        switch (Z_TYPE_P(value)) {
            case IS_NULL:
            case IS_FALSE:
            case IS_TRUE:
            case IS_LONG:
            case IS_DOUBLE: return false;
            case IS_STRING: string(Z_STR_P(value)); return false;
            case IS_ARRAY:
                array(Z_ARR_P(value));
                return Z_ARR_P(value) != &zend_empty_array && holds_enum(Z_ARR_P(value));
            case IS_PTR: {
                const auto* name = static_cast<const EnumName*>(Z_PTR_P(value));
                inside(name, sizeof(EnumName));
                string(name->class_name);
                string(name->case_name);
                return true;
            }
            default: require(false, "a type that is published"); return false;
        }
    }

    void string(const zend_string* string) {
        if (string == engine_string(string)) {
            return;
        }
        inside(string, string_bytes(string));
        require((GC_TYPE_INFO(string) & ~(IS_STR_VALID_UTF8 << GC_FLAGS_SHIFT)) == kStringGc, "string flags");
        require(ZSTR_H(string) == zend_hash_func(ZSTR_VAL(string), ZSTR_LEN(string)), "string's hash");
        require(ZSTR_VAL(string)[ZSTR_LEN(string)] == '\0', "NUL-terminated");
    }

    void inside(const void* part, size_t size) {
        const char* at = static_cast<const char*>(part);
        require(at >= begin_ && at + size <= end_, "inside the snapshot's block");
    }

    static void require(bool fine, const char* rule) {
        if (!fine) {
            fprintf(stderr, "bgworkers: a snapshot breaks the layout rule: %s\n", rule);
            abort();
        }
    }

    const char* const begin_;
    const char* const end_;
    PointerMap seen_;
};

}  // namespace

void check_layout(const zend_array* root, const void* block, size_t size) { Checker(block, size).array(root); }

}  // namespace bgworkers

#endif
