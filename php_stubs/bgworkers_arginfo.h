/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 9223d3669e3c0bfd289d94597c7c5a489d7f6790 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_set_vars, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, vars, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_get_vars, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_MASK(0, name, MAY_BE_STRING|MAY_BE_ARRAY, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "30.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_BgWorkers_send_task, 0, 1, BgWorkers\\Task, 0)
	ZEND_ARG_TYPE_INFO(0, worker, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, payload, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "30.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_post_task, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, worker, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, payload, IS_ARRAY, 0, "[]")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "1.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_await_tasks, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, tasks, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "INF")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_BgWorkers_receive_task, 0, 0, BgWorkers\\ReceivedTask, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "INF")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_BgWorkers_get_task_handle, 0, 0, 0)
ZEND_END_ARG_INFO()

#define arginfo_BgWorkers_get_worker_handle arginfo_BgWorkers_get_task_handle

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_should_stop, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "0.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_restart, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_status, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, all, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_BgWorkers_metrics, 0, 0, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, all, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_TaskException_getErrorClass, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_BgWorkers_TaskException_getErrorFile arginfo_class_BgWorkers_TaskException_getErrorClass

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_TaskException_getErrorLine, 0, 0, IS_LONG, 1)
ZEND_END_ARG_INFO()

#define arginfo_class_BgWorkers_Task___construct arginfo_BgWorkers_get_task_handle

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_Task_await, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "INF")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_Task_read, 0, 0, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "INF")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_Task_cancel, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_BgWorkers_Task_getStream arginfo_BgWorkers_get_task_handle

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_Task_isDone, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_BgWorkers_ReceivedTask___construct arginfo_BgWorkers_get_task_handle

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_ReceivedTask_update, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_ReceivedTask_finish, 0, 0, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, result, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_BgWorkers_ReceivedTask_fail, 0, 1, IS_VOID, 0)
	ZEND_ARG_OBJ_TYPE_MASK(0, why, Throwable, MAY_BE_STRING, NULL)
ZEND_END_ARG_INFO()

#define arginfo_class_BgWorkers_ReceivedTask_isCancelled arginfo_class_BgWorkers_Task_isDone

ZEND_FUNCTION(BgWorkers_set_vars);
ZEND_FUNCTION(BgWorkers_get_vars);
ZEND_FUNCTION(BgWorkers_send_task);
ZEND_FUNCTION(BgWorkers_post_task);
ZEND_FUNCTION(BgWorkers_await_tasks);
ZEND_FUNCTION(BgWorkers_receive_task);
ZEND_FUNCTION(BgWorkers_get_task_handle);
ZEND_FUNCTION(BgWorkers_get_worker_handle);
ZEND_FUNCTION(BgWorkers_should_stop);
ZEND_FUNCTION(BgWorkers_restart);
ZEND_FUNCTION(BgWorkers_status);
ZEND_FUNCTION(BgWorkers_metrics);
ZEND_METHOD(BgWorkers_TaskException, getErrorClass);
ZEND_METHOD(BgWorkers_TaskException, getErrorFile);
ZEND_METHOD(BgWorkers_TaskException, getErrorLine);
ZEND_METHOD(BgWorkers_Task, __construct);
ZEND_METHOD(BgWorkers_Task, await);
ZEND_METHOD(BgWorkers_Task, read);
ZEND_METHOD(BgWorkers_Task, cancel);
ZEND_METHOD(BgWorkers_Task, getStream);
ZEND_METHOD(BgWorkers_Task, isDone);
ZEND_METHOD(BgWorkers_ReceivedTask, __construct);
ZEND_METHOD(BgWorkers_ReceivedTask, update);
ZEND_METHOD(BgWorkers_ReceivedTask, finish);
ZEND_METHOD(BgWorkers_ReceivedTask, fail);
ZEND_METHOD(BgWorkers_ReceivedTask, isCancelled);

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
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "send_task"), zif_BgWorkers_send_task, arginfo_BgWorkers_send_task, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "send_task"), zif_BgWorkers_send_task, arginfo_BgWorkers_send_task, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "post_task"), zif_BgWorkers_post_task, arginfo_BgWorkers_post_task, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "post_task"), zif_BgWorkers_post_task, arginfo_BgWorkers_post_task, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "await_tasks"), zif_BgWorkers_await_tasks, arginfo_BgWorkers_await_tasks, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "await_tasks"), zif_BgWorkers_await_tasks, arginfo_BgWorkers_await_tasks, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "receive_task"), zif_BgWorkers_receive_task, arginfo_BgWorkers_receive_task, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "receive_task"), zif_BgWorkers_receive_task, arginfo_BgWorkers_receive_task, 0)
#endif
#if (PHP_VERSION_ID >= 80400)
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_task_handle"), zif_BgWorkers_get_task_handle, arginfo_BgWorkers_get_task_handle, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "get_task_handle"), zif_BgWorkers_get_task_handle, arginfo_BgWorkers_get_task_handle, 0)
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
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "restart"), zif_BgWorkers_restart, arginfo_BgWorkers_restart, 0, NULL, NULL)
#else
	ZEND_RAW_FENTRY(ZEND_NS_NAME("BgWorkers", "restart"), zif_BgWorkers_restart, arginfo_BgWorkers_restart, 0)
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

static const zend_function_entry class_BgWorkers_TaskException_methods[] = {
	ZEND_ME(BgWorkers_TaskException, getErrorClass, arginfo_class_BgWorkers_TaskException_getErrorClass, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_TaskException, getErrorFile, arginfo_class_BgWorkers_TaskException_getErrorFile, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_TaskException, getErrorLine, arginfo_class_BgWorkers_TaskException_getErrorLine, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_BgWorkers_Task_methods[] = {
	ZEND_ME(BgWorkers_Task, __construct, arginfo_class_BgWorkers_Task___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(BgWorkers_Task, await, arginfo_class_BgWorkers_Task_await, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_Task, read, arginfo_class_BgWorkers_Task_read, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_Task, cancel, arginfo_class_BgWorkers_Task_cancel, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_Task, getStream, arginfo_class_BgWorkers_Task_getStream, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_Task, isDone, arginfo_class_BgWorkers_Task_isDone, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_BgWorkers_ReceivedTask_methods[] = {
	ZEND_ME(BgWorkers_ReceivedTask, __construct, arginfo_class_BgWorkers_ReceivedTask___construct, ZEND_ACC_PRIVATE)
	ZEND_ME(BgWorkers_ReceivedTask, update, arginfo_class_BgWorkers_ReceivedTask_update, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_ReceivedTask, finish, arginfo_class_BgWorkers_ReceivedTask_finish, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_ReceivedTask, fail, arginfo_class_BgWorkers_ReceivedTask_fail, ZEND_ACC_PUBLIC)
	ZEND_ME(BgWorkers_ReceivedTask, isCancelled, arginfo_class_BgWorkers_ReceivedTask_isCancelled, ZEND_ACC_PUBLIC)
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

static zend_class_entry *register_class_BgWorkers_TaskException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "BgWorkers", "TaskException", class_BgWorkers_TaskException_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	zval property_errorClass_default_value;
	ZVAL_NULL(&property_errorClass_default_value);
	zend_string *property_errorClass_name = zend_string_init("errorClass", sizeof("errorClass") - 1, 1);
	zend_declare_typed_property(class_entry, property_errorClass_name, &property_errorClass_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_errorClass_name);

	zval property_errorFile_default_value;
	ZVAL_NULL(&property_errorFile_default_value);
	zend_string *property_errorFile_name = zend_string_init("errorFile", sizeof("errorFile") - 1, 1);
	zend_declare_typed_property(class_entry, property_errorFile_name, &property_errorFile_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_errorFile_name);

	zval property_errorLine_default_value;
	ZVAL_NULL(&property_errorLine_default_value);
	zend_string *property_errorLine_name = zend_string_init("errorLine", sizeof("errorLine") - 1, 1);
	zend_declare_typed_property(class_entry, property_errorLine_name, &property_errorLine_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG|MAY_BE_NULL));
	zend_string_release(property_errorLine_name);

	return class_entry;
}

static zend_class_entry *register_class_BgWorkers_Task(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "BgWorkers", "Task", class_BgWorkers_Task_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	return class_entry;
}

static zend_class_entry *register_class_BgWorkers_ReceivedTask(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "BgWorkers", "ReceivedTask", class_BgWorkers_ReceivedTask_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	zval property_payload_default_value;
	ZVAL_UNDEF(&property_payload_default_value);
	zend_string *property_payload_name = zend_string_init("payload", sizeof("payload") - 1, 1);
	zend_declare_typed_property(class_entry, property_payload_name, &property_payload_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_payload_name);

	return class_entry;
}
