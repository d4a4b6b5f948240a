#pragma once
#  include <core/supervise/supervisor.h>
