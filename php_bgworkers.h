/* Read by PHP's own build alone, when bgworkers is compiled into PHP: it looks here for the module. */
#ifndef PHP_BGWORKERS_H
#define PHP_BGWORKERS_H

extern zend_module_entry bgworkers_module_entry;
#define phpext_bgworkers_ptr &bgworkers_module_entry

#endif
