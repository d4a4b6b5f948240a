#include "zend/values/snapshot_measure.h"

#include "zend/values/array_layout.h"
#include "zend/values/source_walk.h"

namespace bgworkers {

namespace {

class Measure {
public:
    Measure(PointerMap& memo, const WriteTerms& terms) : memo_(memo), terms_(terms) {}

    Measured measured{aligned(sizeof(SnapshotHead))};

    // Fills in problem() and returns false if the array cannot be published.
    bool array(const zend_array* source, uint32_t depth, bool through_reference, uint32_t* height) {
        *height = 1;
        if (depth > kMaxDepth) {
            return refuse(depth - 1, "is nested too deeply: " + std::to_string(kMaxDepth) + " levels are allowed");
        }
        const uint32_t elements = count_elements(source);
        if (elements == 0) {
            // A block has one [], however many there are.
            measured.bytes += has_empty_array_ ? 0 : array_bytes(0, false);
            has_empty_array_ = true;
            return true;
        }
        // A reference may stand in many places while its array counts one holder.
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
                // It is not walked again, but here it may lie deeper than where it was met first.
                *height = static_cast<uint32_t>(*word >> kHeightShift);
                if (depth + *height - 1 > kMaxDepth) {
                    return refuse(depth - 1,
                                  "is nested too deeply: " + std::to_string(kMaxDepth) + " levels are allowed");
                }
                return true;
            }
            // Before its elements: whoever meets it from inside knows that it contains itself.
            *word = kMeasured | kInside;
        }
        measured.bytes += array_bytes(elements, stays_packed(source));
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
            // Not by `word`: the memo may have grown meanwhile, and moved.
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
        // Then comparing the array by its address would miss a change.
        measured.has_references = measured.has_references || through_reference;
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
            measured.bytes += short_[number] ? 0 : string_bytes(source);
            short_[number] = measured.has_short_strings = true;
            return true;
        }
        // With a single holder it can come again behind a reference alone; then it is written twice.
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
        measured.bytes += string_bytes(source);
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
        ++measured.enum_count;
        measured.bytes += aligned(sizeof(EnumName)) + sizeof(EnumName*);
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
            // 512 keys would hide what the message says: the first eight and the last four find the place.
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

}  // namespace

Status no_memory_for(const WriteTerms& terms, size_t bytes) {
    return Status::runtime(std::string("cannot ") + terms.verb + ": no memory for " + terms.noun + " of " +
                           std::to_string(bytes) + " bytes");
}

Status measure_snapshot(const zend_array* vars, const WriteTerms& terms, PointerMap& memo, Measured* measured) {
    Measure measure(memo, terms);
    uint32_t height;
    if (!measure.array(vars, 1, false, &height)) {
        return measure.is_out_of_memory() ? no_memory_for(terms, measure.measured.bytes)
                                          : Status::error(ErrorKind::value, measure.problem());
    }
    *measured = measure.measured;
    if (terms.limit != 0 && measured->bytes > terms.limit) {
        return Status::error(ErrorKind::value, std::string(terms.noun) + " of " + std::to_string(measured->bytes) +
                                                   " bytes is larger than " + terms.limit_name + " (" +
                                                   std::to_string(terms.limit) + " bytes)");
    }
    return {};
}

}  // namespace bgworkers
