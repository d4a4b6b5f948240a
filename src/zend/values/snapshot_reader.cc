#include "zend/values/snapshot_reader.h"

extern "C" {
#include "ext/spl/spl_exceptions.h"
}

namespace bgworkers {

namespace {

bool unknown_case(const EnumName* name, const char* why) {
    zend_throw_exception_ex(spl_ce_LogicException, 0, "The snapshot holds %s::%s, but %s", ZSTR_VAL(name->class_name),
                            ZSTR_VAL(name->case_name), why);
    return false;
}

// The class's name goes to autoloaders, which may keep it: they get a string of the request.
bool find_case(const EnumName* name, zval* result) {
    zend_string* class_name = zend_string_init(ZSTR_VAL(name->class_name), ZSTR_LEN(name->class_name), 0);
    zend_class_entry* ce = zend_lookup_class(class_name);
    zval* value = nullptr;
    if (EG(exception)) {
        zend_string_release(class_name);
        return false;
    }
    if (ce == nullptr) {
        zend_string_release(class_name);
        return unknown_case(name, "that class does not exist here");
    }
    if ((ce->ce_flags & ZEND_ACC_ENUM) == 0) {
        zend_string_release(class_name);
        return unknown_case(name, "that class is not an enum here");
    }
    // zend_enum_get_case() would follow a null pointer where there is no such case.
    auto* constant = static_cast<zend_class_constant*>(zend_hash_find_ptr(CE_CONSTANTS_TABLE(ce), name->case_name));
    if (constant != nullptr && (ZEND_CLASS_CONST_FLAGS(constant) & ZEND_CLASS_CONST_IS_CASE) != 0) {
        // Silent: to read data is no use of the case's name in code, so #[\Deprecated] has nothing to say.
        value = zend_get_class_constant_ex(class_name, name->case_name, ce, ZEND_FETCH_CLASS_SILENT);
    }
    zend_string_release(class_name);
    if (EG(exception)) {
        return false;
    }
    if (value == nullptr || Z_TYPE_P(value) != IS_OBJECT) {
        return unknown_case(name, "that enum has no such case here");
    }
    ZVAL_COPY(result, value);
    return true;
}

struct Rebuild {
    const zval* cases;     // by EnumName::index
    bool everything;       // copy arrays and strings that hold no enum too
    bool repeats;          // only then `copies` is used
    HashTable copies;      // address in the snapshot -> its copy, so that what is shared stays shared
};

// Without the three bits that are always 0: the table takes the low ones of a key.
zend_ulong key_of(const void* original) { return reinterpret_cast<zend_ulong>(original) >> 3; }

// The copy that was made already, or nullptr.
void* copy_of(const Rebuild& rebuild, const void* original) {
    return rebuild.repeats ? zend_hash_index_find_ptr(&rebuild.copies, key_of(original)) : nullptr;
}

void note_copy(Rebuild& rebuild, const void* original, void* copy) {
    if (rebuild.repeats) {
        zend_hash_index_add_new_ptr(&rebuild.copies, key_of(original), copy);
    }
}

void rebuild_value(Rebuild& rebuild, zval* copy, const zval* value);

zend_string* rebuild_string(Rebuild& rebuild, zend_string* string) {
    if (!rebuild.everything) {
        return string;
    }
    if (ZSTR_LEN(string) <= 1) {
        // The engine's own, which need no memory and no count.
        return ZSTR_LEN(string) == 0 ? ZSTR_EMPTY_ALLOC() : ZSTR_CHAR(static_cast<zend_uchar>(ZSTR_VAL(string)[0]));
    }
    if (void* copy = copy_of(rebuild, string)) {
        return zend_string_copy(static_cast<zend_string*>(copy));
    }
    zend_string* copy = zend_string_init(ZSTR_VAL(string), ZSTR_LEN(string), 0);
    // Known already, so no reader reckons it again.
    ZSTR_H(copy) = ZSTR_H(string);
    GC_ADD_FLAGS(copy, GC_FLAGS(string) & IS_STR_VALID_UTF8);
    note_copy(rebuild, string, copy);
    return copy;
}

zend_array* rebuild_array(Rebuild& rebuild, zend_array* array) {
    if (void* copy = copy_of(rebuild, array)) {
        GC_ADDREF(static_cast<zend_array*>(copy));
        return static_cast<zend_array*>(copy);
    }
    zend_array* copy = zend_new_array(array->nNumOfElements);
    zval element;
    if (HT_IS_PACKED(array)) {
        zend_hash_real_init_packed(copy);
        for (uint32_t i = 0; i < array->nNumUsed; ++i) {
            rebuild_value(rebuild, &element, &array->arPacked[i]);
            zend_hash_next_index_insert_new(copy, &element);
        }
    } else {
        zend_hash_real_init_mixed(copy);
        for (uint32_t i = 0; i < array->nNumUsed; ++i) {
            const Bucket& bucket = array->arData[i];
            rebuild_value(rebuild, &element, &bucket.val);
            if (bucket.key == nullptr) {
                zend_hash_index_add_new(copy, bucket.h, &element);
            } else {
                zend_string* key = rebuild_string(rebuild, bucket.key);
                zend_hash_add_new(copy, key, &element);
                zend_string_release(key);
            }
        }
    }
    // After [5 => 1] and an unset() the next index is 6: the copies of a snapshot agree in that.
    copy->nNextFreeElement = array->nNextFreeElement;
    // At the end: no array of a snapshot contains itself.
    note_copy(rebuild, array, copy);
    return copy;
}

void rebuild_value(Rebuild& rebuild, zval* copy, const zval* value) {
    if (Z_TYPE_P(value) == IS_PTR) {
        ZVAL_COPY(copy, &rebuild.cases[static_cast<const EnumName*>(Z_PTR_P(value))->index]);
    } else if (Z_TYPE_P(value) == IS_STRING) {
        zend_string* string = rebuild_string(rebuild, Z_STR_P(value));
        ZVAL_STR(copy, string);
    } else if (Z_TYPE_P(value) == IS_ARRAY && (rebuild.everything || holds_enum(Z_ARR_P(value)))) {
        if (Z_ARR_P(value)->nNumOfElements == 0) {
            ZVAL_EMPTY_ARRAY(copy);
        } else {
            ZVAL_ARR(copy, rebuild_array(rebuild, Z_ARR_P(value)));
        }
    } else {
        ZVAL_COPY_VALUE(copy, value);
    }
}

}  // namespace

bool find_cases(const SnapshotHead* snapshot, Cases* cases) {
    *cases = {nullptr, 0};
    if (snapshot->enum_count == 0) {
        return true;
    }
    Cases found{static_cast<zval*>(safe_emalloc(snapshot->enum_count, sizeof(zval), 0)), 0};
    for (; found.count < snapshot->enum_count; ++found.count) {
        if (!find_case(snapshot->enums[found.count], &found.first[found.count])) {
            // found.count leaves out the one that failed.
            release_cases(found);
            return false;
        }
    }
    *cases = found;
    return true;
}

void release_cases(const Cases& cases) {
    for (uint32_t i = 0; i < cases.count; ++i) {
        zval_ptr_dtor(&cases.first[i]);
    }
    if (cases.first != nullptr) {
        efree(cases.first);
    }
}

bool build_array(const SnapshotHead* snapshot, const Cases& cases, bool private_copy, zval* result) {
    if (!private_copy && snapshot->enum_count == 0) {
        // Not ZVAL_ARR: the type word must carry no refcounted bit, so that the engine never counts.
        Z_ARR_P(result) = snapshot->array;
        Z_TYPE_INFO_P(result) = IS_ARRAY;
        return false;
    }
    if (snapshot->array->nNumOfElements == 0) {
        ZVAL_EMPTY_ARRAY(result);
        return false;
    }
    Rebuild rebuild{cases.first, private_copy, snapshot->repeats != 0, {}};
    // It holds no counts: what it names is in the array that is made, or goes with the request after a bailout.
    if (rebuild.repeats) {
        zend_hash_init(&rebuild.copies, 8, nullptr, nullptr, 0);
    }
    zend_array* array = rebuild_array(rebuild, snapshot->array);
    if (rebuild.repeats) {
        zend_hash_destroy(&rebuild.copies);
    }
    ZVAL_ARR(result, array);
    return true;
}

}  // namespace bgworkers
