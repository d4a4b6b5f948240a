#pragma once
#include "php.h"
