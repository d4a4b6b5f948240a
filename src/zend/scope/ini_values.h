// What php.ini would make of ini[name] = value: constants are computed, and a setting has to exist.
//
// In a request, on its thread; these call into the engine's parser. `names` and values of settings are the engine's
// own, of this thread.
#pragma once

#include <string>

namespace bgworkers {

// `E_ALL & ~E_DEPRECATED` becomes a number, `PHP_OS` its text, as PHP's parser computes it. Only what consists of
// constants that PHP has when it reads php.ini (and of numbers) with `|`, `&`, `^`, `~`, `!` and parentheses: all else
// is text, as everywhere in a workers file. false: out of memory.
bool compute_ini_value(std::string* value);

// "" if there is such a setting, else what is wrong with the name.
std::string setting_defect(const std::string& name);

}  // namespace bgworkers
