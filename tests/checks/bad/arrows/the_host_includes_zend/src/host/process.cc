#include "zend/api/ini.h"
