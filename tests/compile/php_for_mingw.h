// Included before everything else: lets mingw-w64 read PHP's headers, which were written for Microsoft's compiler.
#pragma once

#define _PID_T_
typedef int pid_t;  // as php.h has it

#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <time.h>

#define __assume(condition) ((void)0)
#define _InterlockedExchange8(place, value) __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST)
#define _InterlockedCompareExchange8(place, value, expected) __sync_val_compare_and_swap(place, expected, value)
