#include "zend/ini.h"
