#include "zend/values/snapshot_compare.h"

#include "core/base/pointer_map.h"
#include "zend/values/array_layout.h"
#include "zend/values/source_walk.h"

namespace bgworkers {

namespace {

class Comparison {
public:
    bool has_references = false;

    bool arrays(const zend_array* published, const zend_array* candidate, bool through_reference) {
        // Who has read its own snapshot and publishes it again passes this very array.
        if (published == candidate) {
            return true;
        }
        if (published->nNumOfElements != candidate->nNumOfElements) {
            return false;
        }
        if (published->nNumOfElements == 0) {
            return true;
        }
        // Only what may be met again is worth a place: a tree of arrays needs no memory for this.
        if (through_reference || GC_REFCOUNT(candidate) > 1) {
            bool made;
            if (equal_.find_or_make(published, candidate, &made) == nullptr) {
                return false;
            }
            if (!made) {
                return true;  // compared before, or being compared further up: a difference would have ended the walk
            }
        }
        return HT_IS_PACKED(published) || HT_IS_PACKED(candidate) ? any_elements(published, candidate)
                                                                  : buckets(published->arData, candidate);
    }

private:
    // Of two maps, as most arrays are.
    bool buckets(const Bucket* published, const zend_array* candidate) {
        const Bucket* const end = candidate->arData + candidate->nNumUsed;
        for (const Bucket* bucket = candidate->arData; bucket != end; ++bucket) {
            if (Z_TYPE(bucket->val) == IS_UNDEF) {
                continue;
            }
            if (Z_TYPE(bucket->val) == IS_INDIRECT) {
                return false;  // tables of symbols are copied before they get here
            }
            if (!keys(*published, bucket->key, bucket->h) || !values(&published->val, &bucket->val)) {
                return false;
            }
            ++published;
        }
        return true;
    }

    bool any_elements(const zend_array* published, const zend_array* candidate) {
        uint32_t at = 0;
        for (uint32_t i = 0; i < candidate->nNumUsed; ++i) {
            const bool packed = HT_IS_PACKED(candidate);
            const zval* value = packed ? &candidate->arPacked[i] : &candidate->arData[i].val;
            if (Z_TYPE_P(value) == IS_INDIRECT) {
                return false;
            }
            if (Z_TYPE_P(value) == IS_UNDEF) {
                continue;
            }
            const zend_string* key = packed ? nullptr : candidate->arData[i].key;
            const zend_ulong index = packed ? i : candidate->arData[i].h;
            const bool same =
                HT_IS_PACKED(published)
                    ? key == nullptr && index == at && values(&published->arPacked[at], value)
                    : keys(published->arData[at], key, index) && values(&published->arData[at].val, value);
            if (!same) {
                return false;
            }
            ++at;
        }
        return true;
    }

    bool keys(const Bucket& bucket, const zend_string* key, zend_ulong index) {
        if (key == nullptr || bucket.key == nullptr) {
            return key == bucket.key && index == bucket.h;
        }
        // Many like arrays have the same keys: two that were equal are not looked at again while both still lie there.
        EqualKeys& place = equal_keys_[reinterpret_cast<uintptr_t>(key) / 32 % kPlaces];
        if (place.published == bucket.key && place.candidate == key) {
            return true;
        }
        const bool equal = strings(bucket.key, key);
        place = equal ? EqualKeys{bucket.key, key} : place;
        return equal;
    }

    static bool strings(const zend_string* published, const zend_string* candidate) {
        return published == candidate || (ZSTR_LEN(published) == ZSTR_LEN(candidate) &&
                                          memcmp(ZSTR_VAL(published), ZSTR_VAL(candidate), ZSTR_LEN(published)) == 0);
    }

    bool values(const zval* published, const zval* candidate) {
        if (EXPECTED(Z_TYPE_P(published) == Z_TYPE_P(candidate))) {
            return values_of_one_type(published, candidate, false);
        }
        if (Z_ISREF_P(candidate)) {
            has_references = true;
            candidate = Z_REFVAL_P(candidate);
            if (Z_TYPE_P(published) == Z_TYPE_P(candidate)) {
                return values_of_one_type(published, candidate, true);
            }
        }
        if (Z_TYPE_P(published) == IS_PTR) {
            const auto* name = static_cast<const EnumName*>(Z_PTR_P(published));
            return Z_TYPE_P(candidate) == IS_OBJECT && is_enum_case(candidate) &&
                   strings(name->class_name, Z_OBJCE_P(candidate)->name) &&
                   strings(name->case_name, Z_STR_P(zend_enum_fetch_case_name(Z_OBJ_P(candidate))));
        }
        return false;
    }

    bool values_of_one_type(const zval* published, const zval* candidate, bool through_reference) {
        switch (Z_TYPE_P(published)) {
            case IS_LONG: return Z_LVAL_P(published) == Z_LVAL_P(candidate);
            // As ===: NAN differs from itself, so a copy of an array that holds one is published anew.
            case IS_DOUBLE: return Z_DVAL_P(published) == Z_DVAL_P(candidate);
            case IS_STRING: return strings(Z_STR_P(published), Z_STR_P(candidate));
            case IS_ARRAY: return arrays(Z_ARR_P(published), Z_ARR_P(candidate), through_reference);
            // null, true and false say all by their type.
            default: return true;
        }
    }

    struct EqualKeys {
        const zend_string* published;
        const zend_string* candidate;
    };
    static constexpr size_t kPlaces = 64;

    PointerMap equal_;
    EqualKeys equal_keys_[kPlaces] = {};
};

}  // namespace

bool equals_snapshot(const zend_array* published, const zend_array* candidate, bool* has_references) {
    Comparison comparison;
    const bool equal = comparison.arrays(published, candidate, false);
    *has_references = comparison.has_references;
    return equal;
}

}  // namespace bgworkers
