#include "value.h"

#include <cmath>
#include <limits>
#include <string>

extern "C" {
#include "Zend/zend_enum.h"
}

namespace fuzz {

namespace {

constexpr uint32_t kMostLevels = 512;
constexpr uint32_t kMostWeight = 5000;
constexpr size_t kBytesOfWeight = 16;
constexpr uint32_t kMostRecursion = 60;  // of the decoder; deeper values are made in a loop
constexpr size_t kMostKept = 64;

const double kDoubles[] = {0.0,
                           -0.0,
                           1.0,
                           0.1,
                           1e308,
                           5e-324,
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};
const zend_long kIntegers[] = {0, -1, 1, ZEND_LONG_MAX, ZEND_LONG_MIN, ZEND_LONG_MAX - 1, 1 << 20, -300};
const char* const kKeys[] = {"",
                             "a",
                             "b",
                             "name",
                             "0",
                             "-0",
                             "12",
                             "-5",
                             "9223372036854775807",
                             "9223372036854775808",
                             "01",
                             " 1",
                             "a key that is longer than any small string",
                             "1.5",
                             "null",
                             "\xff\xfe"};

void enum_case(zval* out, uint8_t which) {
    static const char* const kCases[][2] = {{"Suit", "Hearts"}, {"Suit", "Spades"}, {"Plain", "One"}, {"Plain", "Two"}};
    const auto& [class_name, case_name] = kCases[which % 4];
    zend_string* name = zend_string_init(class_name, strlen(class_name), 0);
    zend_class_entry* enumeration = zend_lookup_class(name);
    zend_string_release(name);
    ZVAL_OBJ_COPY(out, zend_enum_get_case_cstr(enumeration, case_name));
}

// Arrays on the way down are marked: one that comes up again contains itself.
void walk(const zval* value, uint32_t level, Finding* finding) {
    ZVAL_DEREF(value);
    ++finding->weight;
    if (Z_TYPE_P(value) == IS_STRING) {
        finding->weight += static_cast<uint32_t>(Z_STRLEN_P(value) / kBytesOfWeight);
    }
    if (Z_TYPE_P(value) == IS_RESOURCE ||
        (Z_TYPE_P(value) == IS_OBJECT && !(Z_OBJCE_P(value)->ce_flags & ZEND_ACC_ENUM))) {
        finding->refused = true;
    }
    if (Z_TYPE_P(value) != IS_ARRAY) {
        return;
    }
    if (level > kMostLevels) {
        finding->refused = true;
        return;
    }
    if (Z_REFCOUNTED_P(value)) {
        if (GC_IS_RECURSIVE(Z_ARR_P(value))) {
            finding->refused = true;
            return;
        }
        GC_PROTECT_RECURSION(Z_ARR_P(value));
    }
    const zval* element;
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), element) { walk(element, level + 1, finding); }
    ZEND_HASH_FOREACH_END();
    if (Z_REFCOUNTED_P(value)) {
        GC_UNPROTECT_RECURSION(Z_ARR_P(value));
    }
}

}  // namespace

Finding inspect(const zval* value) {
    Finding finding;
    walk(value, 1, &finding);
    return finding;
}

uint64_t Bytes::number(int bytes) {
    uint64_t number = 0;
    for (int i = 0; i < bytes; ++i) {
        number = number << 8 | byte();
    }
    return number;
}

Value::Value(Bytes& bytes, bool as_published, const zval* previous, uint32_t previous_weight)
    : bytes_(bytes), as_published_(as_published), previous_(previous), previous_weight_(previous_weight) {
    array(&value_, 1);
}

Value::~Value() {
    for (zend_array* circle : circles_) {
        zend_hash_str_del(circle, "self", 4);
    }
    for (Kept& kept : kept_) {
        zval_ptr_dtor(&kept.value);
    }
    zval_ptr_dtor(&value_);
}

void Value::keep(const zval* value, uint32_t weight) {
    if (kept_.size() < kMostKept) {
        kept_.push_back({{}, weight});
        ZVAL_COPY(&kept_.back().value, value);
    }
}

void Value::reuse(zval* out, const zval* value, uint32_t weight) {
    if (weight_ + weight > kMostWeight) {
        ZVAL_NULL(out);
        return;
    }
    weight_ += weight;
    ZVAL_COPY(out, value);
}

void Value::string(zval* out) {
    const uint8_t length = bytes_.byte();
    std::string text;
    if (length >= 250) {
        text.assign((size_t{length} - 249) * 5000, static_cast<char>(bytes_.byte()));
    } else {
        for (uint32_t i = 0; i < length % 40u; ++i) {
            text += static_cast<char>(bytes_.byte());
        }
    }
    ZVAL_STR(out, zend_string_init(text.data(), text.size(), 0));
    weight_ += static_cast<uint32_t>(text.size() / kBytesOfWeight);
}

void Value::deep(zval* out) {
    const uint32_t levels = static_cast<uint32_t>(bytes_.number(2)) % 600;
    ZVAL_LONG(out, levels);
    for (uint32_t i = 0; i < levels; ++i) {
        zval outer;
        array_init(&outer);
        add_next_index_zval(&outer, out);
        ZVAL_COPY_VALUE(out, &outer);
    }
    weight_ += levels;
}

void Value::any(zval* out, uint32_t level) {
    const uint32_t before = weight_++;
    ZVAL_NULL(out);
    if (weight_ > kMostWeight || bytes_.empty()) {
        return;
    }
    switch (bytes_.byte() % 24) {
        case 0: return;
        case 1: ZVAL_FALSE(out); return;
        case 2: ZVAL_TRUE(out); return;
        case 3: ZVAL_LONG(out, static_cast<int8_t>(bytes_.byte())); return;
        case 4: ZVAL_LONG(out, kIntegers[bytes_.byte() % std::size(kIntegers)]); return;
        case 5: ZVAL_LONG(out, static_cast<zend_long>(bytes_.number(8))); return;
        case 6: ZVAL_DOUBLE(out, kDoubles[bytes_.byte() % std::size(kDoubles)]); return;
        case 7: {
            const uint64_t bits = bytes_.number(8);
            double number;
            memcpy(&number, &bits, sizeof(number));
            ZVAL_DOUBLE(out, std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : number);
            return;
        }
        case 8: ZVAL_EMPTY_STRING(out); return;
        case 9: ZVAL_CHAR(out, static_cast<zend_uchar>(bytes_.byte())); return;
        case 10:
        case 11:
            string(out);
            keep(out, weight_ - before);
            return;
        case 12: ZVAL_EMPTY_ARRAY(out); return;
        case 13: enum_case(out, bytes_.byte()); return;
        case 14:
        case 15:
            if (!kept_.empty()) {
                const Kept kept = kept_[bytes_.byte() % kept_.size()];
                reuse(out, &kept.value, kept.weight);
            }
            return;
        case 16:  // a reference, to be met again
            if (level < kMostRecursion) {
                any(out, level + 1);
                if (!as_published_ && !Z_ISREF_P(out)) {
                    ZVAL_MAKE_REF(out);
                }
                keep(out, weight_ - before);
            }
            return;
        case 17: reuse(out, previous_, previous_weight_); return;
        case 18:  // an element of what was published before
            if (Z_TYPE_P(previous_) == IS_ARRAY) {
                if (const zval* element = zend_hash_index_find(Z_ARR_P(previous_), bytes_.byte() % 4u)) {
                    reuse(out, element, previous_weight_);
                }
            }
            return;
        case 19: deep(out); return;
        case 20:  // not too often: whatever holds it is refused
            if (bytes_.byte() % 4 != 0) {
                return;
            }
            if (bytes_.byte() % 2 == 0) {
                object_init(out);
            } else {
                ZVAL_RES(out, zend_register_resource(nullptr, -1));
            }
            return;
        default:
            if (level < kMostRecursion) {
                array(out, level + 1);
                keep(out, weight_ - before);
            }
    }
}

void Value::array(zval* out, uint32_t level) {
    const uint8_t shape = bytes_.byte();
    const uint32_t count = bytes_.byte() % 20u;
    array_init_size(out, shape & 0x10 ? 64 : 0);
    zend_array* table = Z_ARRVAL_P(out);
    if (shape % 4 == 3) {
        zend_hash_real_init_packed(table);
    }
    if ((shape & 0x0C) == 0x0C) {
        take_from_previous(table, bytes_.byte());
    }
    for (uint32_t i = 0; i < count && !bytes_.empty(); ++i) {
        zval value;
        any(&value, level);
        if (shape % 4 == 0) {
            insert(table, &value);
        } else {
            zend_hash_next_index_insert(table, &value);
        }
    }
    if (shape & 0x20) {  // holes
        for (uint32_t i = 0; i < count; i += 1 + bytes_.byte() % 3u) {
            zend_hash_index_del(table, i);
        }
    }
    if ((shape & 0xC0) == 0xC0 && bytes_.byte() % 8 == 0) {
        contain_itself(out);
    }
}

// Nearly what was published before: its elements under their keys, or under others.
void Value::take_from_previous(zend_array* table, uint8_t how) {
    if (Z_TYPE_P(previous_) != IS_ARRAY || weight_ + previous_weight_ > kMostWeight) {
        return;
    }
    weight_ += previous_weight_;
    zend_ulong index;
    zend_string* key;
    zval* element;
    ZEND_HASH_FOREACH_KEY_VAL(Z_ARR_P(previous_), index, key, element) {
        Z_TRY_ADDREF_P(element);
        if (key != nullptr && how % 4 != 3) {
            zend_hash_update(table, key, element);
        } else {
            zend_hash_index_update(table, index + (how % 4 == 2 ? 1 : 0), element);
        }
    }
    ZEND_HASH_FOREACH_END();
}

void Value::insert(zend_array* table, zval* value) {
    const uint8_t kind = bytes_.byte();
    switch (kind % 4) {
        case 0: {
            const char* key = kKeys[kind / 4 % std::size(kKeys)];
            zend_symtable_str_update(table, key, strlen(key), value);
            return;
        }
        case 1: {
            zval key;
            string(&key);
            zend_symtable_update(table, Z_STR(key), value);
            zval_ptr_dtor(&key);
            return;
        }
        case 2:
            zend_hash_index_update(table, static_cast<zend_ulong>(kIntegers[kind / 4 % std::size(kIntegers)]), value);
            return;
        default: zend_hash_index_update(table, static_cast<zend_ulong>(static_cast<int8_t>(bytes_.byte())), value);
    }
}

// $array['self'] = &$array. It will be refused, so nobody has to find it as published.
void Value::contain_itself(zval* array) {
    if (as_published_) {
        return;
    }
    zend_array* table = Z_ARRVAL_P(array);
    ZVAL_MAKE_REF(array);
    Z_ADDREF_P(array);
    zend_hash_str_update(table, "self", 4, array);
    circles_.push_back(table);
}

}  // namespace fuzz
