// Checks, cases and the little that all of them need. A case is a function; the program runs one by name, in a process
// of its own, and says what failed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace embed {

void fail(const char* file, int line, const std::string& what);
int failures();

#define CHECK(condition) \
    do { \
        if (!(condition)) ::embed::fail(__FILE__, __LINE__, #condition); \
    } while (0)
#define CHECK_EQUAL(left, right) ::embed::check_equal(__FILE__, __LINE__, #left, (left), (right))

inline std::string show(const std::string& text) { return '"' + text + '"'; }
inline std::string show(const char* text) { return show(std::string(text)); }
template <typename Number>
std::string show(Number number) {
    return std::to_string(number);
}

template <typename Left, typename Right>
void check_equal(const char* file, int line, const char* expression, const Left& left, const Right& right) {
    if (!(left == right)) {
        fail(file, line, std::string(expression) + " is " + show(left) + ", not " + show(right));
    }
}

struct Case {
    Case(const char* file, const char* name, void (*run)());
    const char* file;
    const char* name;
    void (*run)();
    Case* next;
};
#define EMBED_CASE(name) \
    static void name(); \
    static ::embed::Case case_##name(__FILE__, #name, name); \
    static void name()

// Polls until it holds; a wait longer than any promise of the contract has failed.
bool eventually(const std::function<bool()>& holds, double seconds = 30);

// A directory for this process, removed at its end.
const std::string& scratch();
std::string write_script(const std::string& name, const std::string& code);  // returns its path
// Writes a workers file and returns the ini that makes it this engine's. "<?php" is put before no script.
std::string workers(const std::string& declarations);

struct Usage {
    size_t descriptors;
    size_t threads;
    size_t resident;  // bytes
};
Usage usage();

}  // namespace embed
