#include "php.h"

class __attribute__((capability("mutex"))) Mutex {};
class Cache {
public:
    zval* value() { return value_; }

private:
    Mutex mutex_;
    zval* value_ __attribute__((guarded_by(mutex_))) = nullptr;
};
zval* value_of(Cache& cache) { return cache.value(); }
