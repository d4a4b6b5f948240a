// How the two passes of a publication walk the array that is published: what they look through, and what they note of
// values that occur more than once. Both visit in the same order. Internal to the measure and the writer.
#pragma once

#include "core/base/pointer_map.h"
#include "host/php.h"

namespace bgworkers {

// A shared value's word in the memo: while measuring 1 (its size is counted), for arrays also their height and whether
// the walk is still inside; while copying the address of the copy, whose lowest bit is 0.
constexpr uintptr_t kMeasured = 1;
constexpr uintptr_t kInside = 2;
constexpr int kHeightShift = 2;

template <typename Counted>
bool is_shared(const Counted* value) {
    return GC_REFCOUNT(value) > 1 || (GC_FLAGS(value) & GC_IMMUTABLE) != 0;
}

inline const zval* follow(const zval* value) {
    if (Z_TYPE_P(value) == IS_INDIRECT) {
        value = Z_INDIRECT_P(value);
    }
    return Z_ISREF_P(value) ? Z_REFVAL_P(value) : value;
}

// What a walk has met last of the strings that occur again and again, such as the keys of many like arrays: it spares
// most of the memo's look-ups. `copy`: while copying.
class RecentStrings {
public:
    struct Place {
        const zend_string* source;
        zend_string* copy;
    };

    Place& of(const zend_string* source) {
        return places_[reinterpret_cast<uintptr_t>(source) / 32 % (sizeof(places_) / sizeof(*places_))];
    }

private:
    Place places_[64] = {};
};

inline bool is_through_reference(const zval* element, const zval* actual) {
    return actual != element && Z_TYPE_P(element) != IS_INDIRECT;
}

inline bool is_enum_case(const zval* value) { return (Z_OBJCE_P(value)->ce_flags & ZEND_ACC_ENUM) != 0; }

// Calls each(key or nullptr, index, value) for every element until it returns false.
template <typename Each>
bool for_each(const zend_array* array, Each each) {
    if (HT_IS_PACKED(array)) {
        for (uint32_t i = 0; i < array->nNumUsed; ++i) {
            if (Z_TYPE(array->arPacked[i]) != IS_UNDEF && !each(nullptr, i, &array->arPacked[i])) {
                return false;
            }
        }
        return true;
    }
    for (uint32_t i = 0; i < array->nNumUsed; ++i) {
        const Bucket& bucket = array->arData[i];
        const zval* value = Z_TYPE(bucket.val) == IS_INDIRECT ? Z_INDIRECT(bucket.val) : &bucket.val;
        if (Z_TYPE_P(value) != IS_UNDEF && !each(bucket.key, bucket.h, &bucket.val)) {
            return false;
        }
    }
    return true;
}

inline uint32_t count_elements(const zend_array* array) {
    if ((HT_FLAGS(array) & HASH_FLAG_HAS_EMPTY_IND) == 0) {
        return array->nNumOfElements;
    }
    uint32_t count = 0;
    for_each(array, [&](const zend_string*, zend_ulong, const zval*) { return ++count != 0; });
    return count;
}

}  // namespace bgworkers
