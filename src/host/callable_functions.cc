#include "host/callable_functions.h"

#include <algorithm>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "host/php.h"

namespace bgworkers {
namespace callable_functions {

struct Names {
    std::set<std::string, std::less<>> all;
    const Names* earlier = nullptr;

    bool has(const zend_string* name) const {
        return all.find(std::string_view(ZSTR_VAL(name), ZSTR_LEN(name))) != all.end();
    }
};

namespace {

// Storage without a destructor, like every lock of this process.
alignas(Mutex) unsigned char mutex_storage[sizeof(Mutex)];
Mutex* const noting = new (mutex_storage) Mutex;
std::atomic<const Names*> names{nullptr};
// In PHP's own table. Written before any other thread runs PHP.
uint32_t all_functions = 0;

#if PHP_VERSION_ID >= 80300
// What PHP's own table holds, sorted. Tables are destroyed after end(), so this one lives until the next start().
std::vector<const void*>* shared = nullptr;

void destroy_own(zval* function) noexcept {
    if (!std::binary_search(shared->begin(), shared->end(), Z_PTR_P(function))) {
        zend_function_dtor(function);
    }
}

void keep_shared() noexcept {
    if (shared != nullptr && CG(function_table)->pDestructor == ZEND_FUNCTION_DTOR) {
        CG(function_table)->pDestructor = destroy_own;
    }
}
#else
void keep_shared() noexcept {}
#endif

bool has_all(const HashTable* table, const Names& present) noexcept {
    for (const std::string& name : present.all) {
        if (!zend_hash_str_exists(table, name.data(), name.size())) {
            return false;
        }
    }
    return true;
}

// Of the functions in the table those that `among` has; all if it is nullptr. It holds preloaded functions, too.
const Names* names_of(HashTable* table, const Names* among) {
    auto* found = new Names;
    try {
        zend_string* name;
        ZEND_HASH_FOREACH_STR_KEY(table, name) {
            if (name != nullptr && (among == nullptr || among->has(name))) {
                found->all.emplace(ZSTR_VAL(name), ZSTR_LEN(name));
            }
        }
        ZEND_HASH_FOREACH_END();
    } catch (const std::bad_alloc&) {
        delete found;
        throw;
    }
    found->earlier = among;
    return found;
}

}  // namespace

void start() noexcept {
    all_functions = zend_hash_num_elements(CG(function_table));
#if PHP_VERSION_ID >= 80300
    delete shared;
    shared = nullptr;
    try {
        auto* pointers = new std::vector<const void*>;
        shared = pointers;
        void* function;
        ZEND_HASH_FOREACH_PTR(CG(function_table), function) { pointers->push_back(function); }
        ZEND_HASH_FOREACH_END();
        std::sort(pointers->begin(), pointers->end());
    } catch (const std::bad_alloc&) {
        delete shared;
        shared = nullptr;
    }
#endif
    keep_shared();
}

uint32_t note(uint32_t seen) noexcept {
    HashTable* table = CG(function_table);
    const uint32_t count = zend_hash_num_elements(table);
    if (count == seen) {
        return seen;
    }
    // Each thread has a table of its own: this may be the first look at this one.
    keep_shared();
    if (count == all_functions && names.load(std::memory_order_acquire) == nullptr) {
        return count;
    }
    MutexLock lock(*noting);
    const Names* present = names.load(std::memory_order_relaxed);
    if (present != nullptr && has_all(table, *present)) {
        return count;
    }
    try {
        names.store(names_of(table, present), std::memory_order_release);
        return count;
    } catch (const std::bad_alloc&) {
        return 0;  // the next request tries again
    }
}

const Names* prune(const Names* done) noexcept {
    const Names* present = names.load(std::memory_order_acquire);
    if (present == nullptr || present == done) {
        return present;
    }
    HashTable* table = CG(function_table);
    const uint32_t before = zend_hash_num_elements(table);
#if PHP_VERSION_ID >= 80300
    const dtor_func_t destructor = table->pDestructor;
    table->pDestructor = nullptr;  // they are PHP's own
#endif
    // On 8.2 what is deleted is a copy of this thread's own, which PHP's destructor frees.
    Bucket* bucket;
    ZEND_HASH_FOREACH_BUCKET(table, bucket) {
        if (bucket->key != nullptr && !present->has(bucket->key)) {
            zend_hash_del_bucket(table, bucket);
        }
    }
    ZEND_HASH_FOREACH_END();
#if PHP_VERSION_ID >= 80300
    table->pDestructor = destructor;
#endif
    if (zend_hash_num_elements(table) != before) {
        // At the thread's end PHP spares the first copied_functions_count buckets. With a hole among them it would free
        // the last function that threads share.
        zend_hash_rehash(table);
#if PHP_VERSION_ID >= 80300
        CG(copied_functions_count) = zend_hash_num_elements(table);
#endif
    }
    return present;
}

void end() noexcept {
    const Names* each = names.exchange(nullptr);
    while (each != nullptr) {
        const Names* earlier = each->earlier;
        delete each;
        each = earlier;
    }
}

}  // namespace callable_functions
}  // namespace bgworkers
