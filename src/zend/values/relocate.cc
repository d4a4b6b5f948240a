#include "zend/values/relocate.h"

#include "zend/values/array_layout.h"

namespace bgworkers {

namespace {

class Relocation {
public:
    Relocation(void* data, size_t bytes, const void* from)
        : data_(reinterpret_cast<uintptr_t>(data)), bytes_(bytes), from_(reinterpret_cast<uintptr_t>(from)) {}

    bool head() {
        auto* head = reinterpret_cast<SnapshotHead*>(data_);
        bool moved;
        if (bytes_ < sizeof(SnapshotHead) || !move(&head->array, sizeof(zend_array), &moved) ||
            !move(&head->enums, head->enum_count * sizeof(EnumName*), &moved)) {
            return false;
        }
        for (uint32_t i = 0; i < head->enum_count; ++i) {
            if (!enum_name(&head->enums[i])) {
                return false;
            }
        }
        return array(head->array, 1);
    }

private:
    // *moved: it led to the old place until now. What is shared in a block is come to more than once.
    template <typename T>
    bool move(T** pointer, size_t bytes, bool* moved) {
        const auto at = reinterpret_cast<uintptr_t>(*pointer);
        // Unsigned: what lies before the block is far beyond bytes_, so one comparison does for both ends.
        const uintptr_t base = at - from_ < bytes_ ? from_ : data_;
        *moved = base == from_;
        if (at - base >= bytes_ || bytes > bytes_ - (at - base)) {
            return false;
        }
        *pointer = reinterpret_cast<T*>(data_ + (at - base));
        return true;
    }

    bool string(zend_string** string) {
        bool moved;
        return move(string, _ZSTR_HEADER_SIZE + 1, &moved) &&
               ZSTR_LEN(*string) < bytes_ - (reinterpret_cast<uintptr_t>(*string) - data_) - _ZSTR_HEADER_SIZE;
    }

    bool enum_name(EnumName** name) {
        bool moved;
        if (!move(name, sizeof(EnumName), &moved)) {
            return false;
        }
        // Its names have been moved already when it is come to again.
        return !moved || (string(&(*name)->class_name) && string(&(*name)->case_name));
    }

    bool value(zval* value, uint32_t depth) {
        bool moved;
        switch (Z_TYPE_P(value)) {
            case IS_STRING: return string(&value->value.str);
            case IS_ARRAY: return move(&value->value.arr, sizeof(zend_array), &moved) && array(value->value.arr, depth);
            case IS_PTR: return enum_name(reinterpret_cast<EnumName**>(&value->value.ptr));
            default: return true;
        }
    }

    bool array(zend_array* array, uint32_t depth) {
        // Spoilt memory may nest deeper than this thread's stack.
        if (depth > kMaxDepth) {
            return false;
        }
        // The elements lie behind the slots of the hash.
        const size_t slots = static_cast<size_t>(HT_HASH_SIZE(array->nTableMask));
        const bool packed = HT_IS_PACKED(array);
        // Both counts have 32 bits, whoever has written them, so neither product overflows 64.
        const size_t elements = array->nNumUsed * (packed ? sizeof(zval) : sizeof(Bucket));
        bool moved;
        auto* slot = static_cast<char*>(HT_GET_DATA_ADDR(array));
        if (!move(&slot, slots + elements, &moved)) {
            return false;
        }
        // Ends walks through shared arrays, and through a ring that a broken process has made.
        if (!moved) {
            return true;
        }
        HT_SET_DATA_ADDR(array, slot);
        for (uint32_t i = 0; i < array->nNumUsed; ++i) {
            zval* const element = packed ? &array->arPacked[i] : &array->arData[i].val;
            if (!packed && array->arData[i].key != nullptr && !string(&array->arData[i].key)) {
                return false;
            }
            if (!value(element, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    const uintptr_t data_;
    const size_t bytes_;
    const uintptr_t from_;
};

}  // namespace

bool has_sound_head(const void* data, size_t bytes) {
    const auto from = reinterpret_cast<uintptr_t>(data);
    const auto holds = [from, bytes](const void* at, size_t size) {
        const uintptr_t offset = reinterpret_cast<uintptr_t>(at) - from;
        return offset % 8 == 0 && offset < bytes && size <= bytes - offset;
    };
    const auto* head = static_cast<const SnapshotHead*>(data);
    if (bytes < sizeof(SnapshotHead) || !holds(head->array, sizeof(zend_array)) ||
        (head->enum_count != 0 && !holds(head->enums, head->enum_count * sizeof(EnumName*)))) {
        return false;
    }
    const zend_array* array = head->array;
    const size_t element = HT_IS_PACKED(array) ? sizeof(zval) : sizeof(Bucket);
    return GC_TYPE_INFO(array) == kArrayGc &&
           holds(HT_GET_DATA_ADDR(array), HT_HASH_SIZE(array->nTableMask) + array->nNumUsed * element);
}

bool relocate_block(void* data, size_t bytes, const void* from) { return Relocation(data, bytes, from).head(); }

}  // namespace bgworkers
