/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 82587346d6b75a9bcbec8579e0c88eaedd8764cd */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_set_vars, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, vars, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_get_vars, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_MASK(0, name, MAY_BE_STRING|MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "30.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_BgWorkers_get_worker_handle, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_should_stop, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "0.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_status, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_metrics, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_FUNCTION(BgWorkers_set_vars);
ZEND_FUNCTION(BgWorkers_get_vars);
ZEND_FUNCTION(BgWorkers_get_worker_handle);
ZEND_FUNCTION(BgWorkers_should_stop);
ZEND_FUNCTION(BgWorkers_status);
ZEND_FUNCTION(BgWorkers_metrics);

static const zend_function_entry ext_functions[] = {
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "set_vars"), zif_BgWorkers_set_vars, arginfo_BgWorkers_set_vars, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "set_vars"), zif_BgWorkers_set_vars, arginfo_BgWorkers_set_vars, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_vars"), zif_BgWorkers_get_vars, arginfo_BgWorkers_get_vars, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_vars"), zif_BgWorkers_get_vars, arginfo_BgWorkers_get_vars, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_worker_handle"), zif_BgWorkers_get_worker_handle, arginfo_BgWorkers_get_worker_handle, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_worker_handle"), zif_BgWorkers_get_worker_handle, arginfo_BgWorkers_get_worker_handle, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "should_stop"), zif_BgWorkers_should_stop, arginfo_BgWorkers_should_stop, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "should_stop"), zif_BgWorkers_should_stop, arginfo_BgWorkers_should_stop, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "status"), zif_BgWorkers_status, arginfo_BgWorkers_status, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "status"), zif_BgWorkers_status, arginfo_BgWorkers_status, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "metrics"), zif_BgWorkers_metrics, arginfo_BgWorkers_metrics, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "metrics"), zif_BgWorkers_metrics, arginfo_BgWorkers_metrics, 0)
#endif
	ZEND_FE_END
};

static zend_class_entry *register_class_BgWorkers_TimeoutException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "BgWorkers", "TimeoutException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	return class_entry;
}

static zend_class_entry *register_class_BgWorkers_WorkerException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "BgWorkers", "WorkerException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	return class_entry;
}
