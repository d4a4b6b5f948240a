#include "zend/values/snapshot_writer.h"

#include <new>

#include "core/base/pointer_map.h"
#include "zend/values/array_layout.h"

namespace bgworkers {

namespace {

// A shared value's word in the memo: while measuring 1 (its size is counted), for arrays also their height and whether
// the walk is still inside; while copying the address of the copy, whose lowest bit is 0.
constexpr uintptr_t kMeasured = 1;
constexpr uintptr_t kInside = 2;
constexpr int kHeightShift = 2;

template <typename Counted>
bool is_shared(const Counted* value) {
    return GC_REFCOUNT(value) > 1 || (GC_FLAGS(value) & GC_IMMUTABLE) != 0;
}

const zval* follow(const zval* value) {
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

bool is_through_reference(const zval* element, const zval* actual) {
    return actual != element && Z_TYPE_P(element) != IS_INDIRECT;
}

bool is_enum_case(const zval* value) { return (Z_OBJCE_P(value)->ce_flags & ZEND_ACC_ENUM) != 0; }

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

uint32_t count_elements(const zend_array* array) {
    if ((HT_FLAGS(array) & HASH_FLAG_HAS_EMPTY_IND) == 0) {
        return array->nNumOfElements;
    }
    uint32_t count = 0;
    for_each(array, [&](const zend_string*, zend_ulong, const zval*) { return ++count != 0; });
    return count;
}

class Measure {
public:
    Measure(PointerMap& memo, const WriteTerms& terms) : memo_(memo), terms_(terms) {}

    size_t bytes = aligned(sizeof(SnapshotHead));
    uint32_t enum_count = 0;
    bool has_references = false;

    // Fills in problem() and returns false if the array cannot be published.
    bool array(const zend_array* source, uint32_t depth, bool through_reference, uint32_t* height) {
        *height = 1;
        if (depth > kMaxDepth) {
            return refuse(depth - 1, "is nested too deeply: " + std::to_string(kMaxDepth) + " levels are allowed");
        }
        const uint32_t elements = count_elements(source);
        if (elements == 0) {
            bytes += has_empty_array_ ? 0 : array_bytes(0, false);
            has_empty_array_ = true;
            return true;
        }
        const bool shared = through_reference || is_shared(source);
        if (shared) {
            bool made;
            uintptr_t* word = memo_.find_or_make(source, nullptr, &made);
            if (word == nullptr) {
                return out_of_memory();
            }
            if (!made) {
                if ((*word & kInside) != 0) {
                    return refuse(depth - 1, "contains itself");
                }
                *height = static_cast<uint32_t>(*word >> kHeightShift);
                if (depth + *height - 1 > kMaxDepth) {
                    return refuse(depth - 1,
                                  "is nested too deeply: " + std::to_string(kMaxDepth) + " levels are allowed");
                }
                return true;
            }
            *word = kMeasured | kInside;
        }
        bytes += array_bytes(elements, stays_packed(source));
        uint32_t tallest_child = 0;
        const bool fine = for_each(source, [&](const zend_string* key, zend_ulong index, const zval* element) {
            path_[depth - 1] = {key, index};
            uint32_t child = 0;
            if ((key != nullptr && !string(key)) || !value(element, depth, &child)) {
                return false;
            }
            tallest_child = child > tallest_child ? child : tallest_child;
            return true;
        });
        *height = tallest_child + 1;
        if (fine && shared) {
            *memo_.find(source) = kMeasured | (static_cast<uintptr_t>(*height) << kHeightShift);
        }
        return fine;
    }

    const std::string& problem() const { return problem_; }
    bool is_out_of_memory() const { return out_of_memory_; }

private:
    struct Step {
        const zend_string* key;
        zend_ulong index;
    };

    bool value(const zval* element, uint32_t depth, uint32_t* height) {
        const zval* actual = follow(element);
        const bool through_reference = is_through_reference(element, actual);
        has_references = has_references || through_reference;
        switch (Z_TYPE_P(actual)) {
            case IS_NULL:
            case IS_FALSE:
            case IS_TRUE:
            case IS_LONG:
            case IS_DOUBLE: return true;
            case IS_STRING: return string(Z_STR_P(actual));
            case IS_ARRAY: return array(Z_ARR_P(actual), depth + 1, through_reference, height);
            case IS_OBJECT:
                if (is_enum_case(actual)) {
                    return enum_case(Z_OBJ_P(actual));
                }
                return refuse(depth, "is a " + std::string(ZSTR_VAL(Z_OBJCE_P(actual)->name)) + " object; " +
                                         terms_.verb +
                                         " null, bool, int, float, string, enum cases and arrays of those");
            default:
                return refuse(depth, std::string("is a ") + zend_zval_type_name(actual) + "; " + terms_.verb +
                                         " null, bool, int, float, string, enum cases and arrays of those");
        }
    }

    bool string(const zend_string* source) {
        if (const int number = short_string(source); number >= 0) {
            bytes += short_[number] ? 0 : string_bytes(source);
            short_[number] = true;
            return true;
        }
        if (is_shared(source)) {
            RecentStrings::Place& place = recent_.of(source);
            if (place.source == source) {
                return true;
            }
            bool made;
            uintptr_t* word = memo_.find_or_make(source, nullptr, &made);
            if (word == nullptr) {
                return out_of_memory();
            }
            place.source = source;
            if (!made) {
                return true;
            }
            *word = kMeasured;
        }
        bytes += string_bytes(source);
        return true;
    }

    bool enum_case(zend_object* object) {
        bool made;
        uintptr_t* word = memo_.find_or_make(object, nullptr, &made);
        if (word == nullptr) {
            return out_of_memory();
        }
        if (!made) {
            return true;
        }
        *word = kMeasured;
        ++enum_count;
        bytes += aligned(sizeof(EnumName)) + sizeof(EnumName*);
        return string(object->ce->name) && string(Z_STR_P(zend_enum_fetch_case_name(object)));
    }

    // A key may be long, and hold bytes that would cut or split the message.
    static std::string shown(const zend_string* key) {
        constexpr size_t kLongest = 64;
        std::string text;
        for (size_t i = 0; i < ZSTR_LEN(key) && i < kLongest; ++i) {
            const auto byte = static_cast<unsigned char>(ZSTR_VAL(key)[i]);
            text += byte < 0x20 || byte == 0x7F ? '?' : ZSTR_VAL(key)[i];
        }
        return ZSTR_LEN(key) > kLongest ? text + "..." : text;
    }

    // steps: how many keys lead to the value.
    bool refuse(uint32_t steps, const std::string& why) {
        problem_ = terms_.variable;
        for (uint32_t i = 0; i < steps; ++i) {
            if (i == 8 && steps > 12) {
                problem_ += "[...]";
                i = steps - 4;
            }
            const Step& step = path_[i];
            problem_ += step.key == nullptr ? "[" + std::to_string(static_cast<zend_long>(step.index)) + "]"
                                            : "['" + shown(step.key) + "']";
        }
        problem_ += " " + why;
        return false;
    }

    bool out_of_memory() {
        out_of_memory_ = true;
        return false;
    }

    PointerMap& memo_;
    RecentStrings recent_;
    const WriteTerms& terms_;
    Step path_[kMaxDepth + 1];
    bool has_empty_array_ = false;
    bool short_[kShortStrings] = {};
    std::string problem_;
    bool out_of_memory_ = false;
};

// Writes into a block that Measure has counted out; visits in the same order.
class Copy {
public:
    Copy(PointerMap& memo, void* block, uint32_t enum_count) : memo_(memo), next_(static_cast<char*>(block)) {
        head_ = static_cast<SnapshotHead*>(take(aligned(sizeof(SnapshotHead))));
        head_->enums = static_cast<EnumName**>(take(enum_count * sizeof(EnumName*)));
        head_->enum_count = 0;
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
        if (place.source != source) {
            place = {source, shared_string(source)};
        }
        return place.copy;
    }

    zend_never_inline zend_string* shared_string(const zend_string* source) {
        uintptr_t* word = noted(source);
        if (is_copied(word)) {
            return reinterpret_cast<zend_string*>(*word);
        }
        zend_string* copy = write(source);
        *word = reinterpret_cast<uintptr_t>(copy);
        return copy;
    }

    zend_string* write(const zend_string* source) {
        auto* copy = static_cast<zend_string*>(take(string_bytes(source)));
        GC_SET_REFCOUNT(copy, 1);
        GC_TYPE_INFO(copy) = kStringGc | ((GC_FLAGS(source) & IS_STR_VALID_UTF8) << GC_FLAGS_SHIFT);
        ZSTR_LEN(copy) = ZSTR_LEN(source);
        memcpy(ZSTR_VAL(copy), ZSTR_VAL(source), ZSTR_LEN(source) + 1);
        ZSTR_H(copy) = ZSTR_H(source) != 0 ? ZSTR_H(source) : zend_hash_func(ZSTR_VAL(source), ZSTR_LEN(source));
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
    RecentStrings recent_;
    char* next_;
    SnapshotHead* head_;
    zend_array* empty_ = nullptr;
    zend_string* short_[kShortStrings] = {};
};

Status out_of_memory(const WriteTerms& terms, size_t bytes) {
    return Status::runtime(std::string("cannot ") + terms.verb + ": no memory for " + terms.noun + " of " +
                           std::to_string(bytes) + " bytes");
}

}  // namespace

Status write_snapshot(const zend_array* vars, const WriteTerms& terms, const TakeMemory& take, bool* has_references) {
    PointerMap memo;
    Measure measure(memo, terms);
    uint32_t height;
    if (!measure.array(vars, 1, false, &height)) {
        return measure.is_out_of_memory() ? out_of_memory(terms, measure.bytes)
                                          : Status::error(ErrorKind::value, measure.problem());
    }
    if (terms.limit != 0 && measure.bytes > terms.limit) {
        return Status::error(ErrorKind::value, std::string(terms.noun) + " of " + std::to_string(measure.bytes) +
                                                   " bytes is larger than " + terms.limit_name + " (" +
                                                   std::to_string(terms.limit) + " bytes)");
    }
    const Result<void*> memory = take(measure.bytes);
    if (!memory.ok()) {
        return memory.status();
    }
    if (memory.value() == nullptr) {
        return out_of_memory(terms, measure.bytes);
    }
    Copy copy(memo, memory.value(), measure.enum_count);
    copy.root(vars);
    ZEND_ASSERT(copy.end() == static_cast<char*>(memory.value()) + measure.bytes);
#if ZEND_DEBUG || defined(BGWORKERS_CHECK_LAYOUT)
    check_layout(memory.value(), measure.bytes);
#endif
    *has_references = measure.has_references;
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
