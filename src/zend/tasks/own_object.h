// An object of PHP's with data of ours in front of it. Data ends with `zend_object object`, and all before it is zero
// in a new one: no pointer, no value (IS_UNDEF). It can be neither cloned nor built by a script.
//
// set_up() at MINIT; the rest any PHP thread, each with its own objects.
#pragma once

#include "host/php.h"

namespace bgworkers {

template <typename Data>
struct OwnObject {
    static inline zend_class_entry* ce = nullptr;
    static inline zend_object_handlers handlers;

    static Data* of(zend_object* object) {
        return reinterpret_cast<Data*>(reinterpret_cast<char*>(object) - offsetof(Data, object));
    }

    static zend_object* create(zend_class_entry* of_class) {
        auto* data = static_cast<Data*>(zend_object_alloc(sizeof(Data), of_class));
        memset(data, 0, offsetof(Data, object));
        zend_object_std_init(&data->object, of_class);
        object_properties_init(&data->object, of_class);
        data->object.handlers = &handlers;
        return &data->object;
    }

    // free_object frees the data, then calls zend_object_std_dtor().
    static void set_up(zend_class_entry* of_class, void (*free_object)(zend_object*)) {
        ce = of_class;
        ce->create_object = create;
        memcpy(&handlers, zend_get_std_object_handlers(), sizeof(handlers));
        handlers.offset = offsetof(Data, object);
        handlers.free_obj = free_object;
        handlers.clone_obj = nullptr;
    }
};

}  // namespace bgworkers
