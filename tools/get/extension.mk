# Beside phpize's Makefile: the headers that every file of host and zend includes are compiled once. The core sees
# nothing of PHP, so its objects are the same for every engine: ccache hands them out.
php_objects := $(filter-out src/core/%,$(shared_objects_bgworkers))
$(php_objects): EXTRA_CXXFLAGS += -fpch-preprocess -include php_headers.h
