// The keys of a workers file: one table. It drives parsing and the messages about a wrong key, and a check of the tree
// (tests/checks/keys_are_documented.sh) compares its rows with the table in docs/configuration.md.
//
// The table is constant, so any thread may look. A setter reads the file system for `script` and may block for that.
#pragma once

#include <string>
#include <string_view>

#include "core/workers/worker_spec.h"

namespace bgworkers {

enum class KeyShape { single, list, map };      // key = ..., key[] = ..., key[NAME] = ...
enum class KeyPlace { all, named, catch_all };  // in which sections

// What a setter needs beside the entry.
struct KeySource {
    std::string directory;  // what relative paths count from
    IniRules ini;
};

struct Key {
    std::string_view name;
    KeyShape shape;
    KeyPlace place;
    // Returns what is wrong with the value, "" if nothing is. The entry has the key's shape and no NUL byte.
    std::string (*set)(WorkerSpec& spec, const RawEntry& entry, const KeySource& source);
};

// nullptr: there is no such key.
const Key* find_key(std::string_view name) noexcept;

// As it is written in a file: script, args[], env[NAME].
std::string written(const Key& key);

// What is wrong with a key that find_key() does not know, with the one that was probably meant.
std::string unknown_key(std::string_view name);

// What is wrong with this script, an absolute path; "" if nothing is.
std::string script_defect(const std::string& script);

}  // namespace bgworkers
