// From workers files to specs, or to all that is wrong with them.
#include "core/workers/worker_spec.h"

#include <algorithm>
#include <map>

#include "core/base/spelling.h"
#include "core/os/path.h"
#include "core/workers/worker_keys.h"

namespace bgworkers {

namespace {

// Where a line stands. Files lie in one vector, so their addresses have their order.
struct Place {
    const RawFile* file = nullptr;
    int line = 0;
    auto operator<=>(const Place&) const = default;
};

std::string to_text(const Place& place) {
    return place.file->path + (place.line == 0 ? "" : ":" + std::to_string(place.line));
}

struct Mistake {
    Place place;
    std::string cause;
};

// Turns files into specs: first what holds of each section, line by line, then its values.
class SpecBuilder {
public:
    SpecBuilder(const std::string& working_directory, const IniRules& ini) : ini_(ini) {
        scope_.working_directory = working_directory;
    }

    Result<ScopeSpec> build(const std::vector<RawFile>& files) {
        for (const RawFile& file : files) {
            collect(file);
        }
        for (const Section& section : sections_) {
            if (!has_enough_mistakes()) {
                finish(section);
            }
        }
        if (mistakes_.empty()) {
            return std::move(scope_);
        }
        return all_mistakes();
    }

private:
    // For ScopeSpec::hash: FNV-1a over each text, with its end.
    void add_to_hash(std::string_view text) noexcept {
        for (const char c : text) {
            scope_.hash = (scope_.hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        }
        // No byte: "ab", "c" is not "a", "bc".
        scope_.hash = (scope_.hash ^ 0x100) * 0x100000001b3;
    }

    // A key of a section, and the lines of it that hold: one, or those of a list.
    struct Setting {
        const Key* key;
        std::string full_key;  // env[NAME]
        const RawFile* file;   // in which they stand
        std::vector<const RawEntry*> entries;
    };
    struct Section {
        std::string name;  // "*": the catch-all
        Place place;       // in the last file that has it
        std::vector<Setting> settings;
        std::map<std::string, size_t> places;  // full key -> setting
        bool has_mistake = false;
    };

    void note(const Place& place, std::string cause) { mistakes_.push_back({place, std::move(cause)}); }

    // Each takes time, and a file of nothing else may be long.
    bool has_enough_mistakes() const { return mistakes_.size() > kMostMistakes; }

    Status all_mistakes() {
        // Values are looked at after all lines, so what is wrong with them was found later.
        std::stable_sort(mistakes_.begin(), mistakes_.end(),
                         [](const Mistake& a, const Mistake& b) { return a.place < b.place; });
        std::string text;
        for (size_t i = 0; i < std::min(mistakes_.size(), kMostMistakes); ++i) {
            text += (i == 0 ? "" : "\n") + to_text(mistakes_[i].place) + ": " + mistakes_[i].cause;
        }
        if (has_enough_mistakes()) {
            text += "\nand more";
        }
        return Status::runtime(std::move(text));
    }

    void collect(const RawFile& file) {
        // Before anything can be wrong: what was overridden counts as well.
        add_to_hash(file.path);
        for (const RawEntry& entry : file.entries) {
            add_to_hash(entry.section);
            add_to_hash(entry.key);
            // key and key[] are two things; an index with a NUL is refused.
            add_to_hash(entry.index ? *entry.index : std::string_view("\0", 1));
            add_to_hash(entry.value);
        }
        Section* section = nullptr;
        bool skips = false;  // a section that cannot be: one mistake is enough
        for (const RawEntry& entry : file.entries) {
            if (has_enough_mistakes()) {
                return;
            }
            const Place place{&file, entry.line};
            std::string cause;
            if (entry.key.empty()) {
                // If the new one cannot be, its keys must not go to the one before.
                section = nullptr;
                cause = begin_section(entry.section, place, &section);
                skips = section == nullptr;
            } else if (entry.key.front() == '#') {
                cause = kHashComment;
            } else if (section != nullptr) {
                cause = take(*section, entry, file);
            } else if (!skips) {
                cause = "key " + in_quotes(entry.key) + " stands outside any section";
            }
            if (!cause.empty()) {
                note(place, std::move(cause));
                if (section != nullptr) {
                    section->has_mistake = true;
                }
            }
        }
        if (!file.defect.empty()) {
            // A line with a comment of another kind may be a key, and after that the parser's trouble.
            const Place place{&file, file.defect_line};
            if (mistakes_.empty() || mistakes_.back().place != place || mistakes_.back().cause != file.defect) {
                note(place, file.defect);
            }
            is_incomplete_ = true;
        }
    }

    // Returns what is wrong, "" if nothing is.
    std::string begin_section(const std::string& name, const Place& place, Section** begun) {
        if (const char* defect = name == "*" ? nullptr : name_defect(name)) {
            return "the worker's name " + in_quotes(name) + " " + defect;
        }
        const auto [found, is_new] = section_places_.emplace(name, sections_.size());
        if (is_new) {
            sections_.emplace_back().name = name;
        }
        Section& section = sections_[found->second];
        // In another file it overrides.
        if (section.place.file == place.file) {
            return "section [" + name + "] is declared twice";
        }
        section.place = place;
        // Good until the next section begins, which may move them all.
        *begun = &section;
        return "";
    }

    std::string take(Section& section, const RawEntry& entry, const RawFile& file) {
        const Key* key = find_key(entry.key);
        if (key == nullptr) {
            return unknown_key(entry.key);
        }
        if (const std::string defect = shape_defect(*key, entry.index); !defect.empty()) {
            return defect;
        }
        std::string full_key = key->shape == KeyShape::map ? entry.key + "[" + *entry.index + "]" : entry.key;
        // Both become C strings.
        if (full_key.find('\0') != std::string::npos || entry.value.find('\0') != std::string::npos) {
            return entry.key + " must not contain NUL bytes";
        }
        if (key->place == KeyPlace::named && section.name == "*") {
            return entry.key + " is not for [*], its workers are started by name";
        }
        if (key->place == KeyPlace::catch_all && section.name != "*") {
            return entry.key + " is for [*] alone, use num";
        }
        const auto [found, is_new] = section.places.emplace(full_key, section.settings.size());
        if (is_new) {
            section.settings.push_back({key, std::move(full_key), &file, {}});
        }
        Setting& setting = section.settings[found->second];
        // A list of a later file takes the place of all of it, not of its beginning.
        if (setting.file != &file) {
            setting.file = &file;
            setting.entries.clear();
        }
        if (key->shape != KeyShape::list && !setting.entries.empty()) {
            return setting.full_key + " is set twice in this section";
        }
        setting.entries.push_back(&entry);
        return "";
    }

    // False: a value is wrong.
    bool set(const Setting& setting) {
        const KeySource source{setting.file->directory, ini_};
        const size_t before = mistakes_.size();
        for (const RawEntry* entry : setting.entries) {
            if (has_enough_mistakes()) {
                break;
            }
            if (std::string cause = setting.key->set(*current_, *entry, source); !cause.empty()) {
                note({setting.file, entry->line}, std::move(cause));
            }
        }
        keys_[setting.full_key] = {setting.file, setting.entries.front()->line};
        return mistakes_.size() == before;
    }

    bool is_switched_off(const Section& section) {
        const auto found = section.places.find("enabled");
        if (found == section.places.end()) {
            return false;
        }
        set(section.settings[found->second]);
        if (!current_->enabled) {
            scope_.switched_off.emplace(section.name, to_text(keys_.at("enabled")));
        }
        return !current_->enabled;
    }

    void finish(const Section& section) {
        catch_all_ = section.name == "*";
        current_.emplace();
        keys_.clear();
        if (is_switched_off(section)) {
            return;
        }
        current_->name = catch_all_ ? "" : section.name;
        bool is_good = !section.has_mistake;
        for (const Setting& setting : section.settings) {
            if (setting.full_key != "enabled") {
                is_good = set(setting) && is_good;
            }
        }
        if (!is_good) {
            return;
        }
        if (current_->script.empty()) {
            // The rest of that file may have it.
            if (!is_incomplete_) {
                note(section.place, "section [" + section.name + "] has no script" + other_section(section.name));
            }
        } else if (std::optional<Mistake> mistake = conflict()) {
            mistakes_.push_back(std::move(*mistake));
        } else if (catch_all_) {
            scope_.catch_all = std::move(current_);
        } else {
            scope_.workers.push_back(std::move(*current_));
        }
    }

    // A section without a script was perhaps meant to override one that has a script.
    std::string other_section(const std::string& name) const {
        NearestName nearest(name);
        for (const Section& each : sections_) {
            if (each.places.count("script") != 0) {
                nearest.offer(each.name);
            }
        }
        return nearest.found() ? ", did you mean [" + std::string(nearest.name()) + "]?" : "";
    }

    static std::optional<Mistake> located(std::string cause, const Place& place) {
        return Mistake{place, std::move(cause)};
    }

    // What the keys of a section say against each other.
    std::optional<Mistake> conflict() const {
        if (current_->command && current_->opcache) {
            return located("command and opcache cannot be used together: code in OPcache has the host's PHP_SAPI",
                           later_of("command", "opcache"));
        }
        if (current_->every && current_->num > 1) {
            return located(
                "every and num = " + std::to_string(current_->num) + " cannot be used together: a job has one instance",
                later_of("every", "num"));
        }
        // By what is written, not by its value: queue = 128 says as much as queue = 5.
        for (const char* key : {"queue", "max_task_size", "task_timeout", "max_tasks", "concurrency"}) {
            if (current_->every && keys_.count(key) != 0) {
                return located("every and " + std::string(key) + " cannot be used together: a job takes no tasks",
                               later_of("every", key));
            }
            if (current_->shared && keys_.count(key) != 0) {
                return located(
                    "shared and " + std::string(key) + " cannot be used together: a shared worker takes no tasks",
                    later_of("shared", key));
            }
        }
        return std::nullopt;
    }

    Place later_of(const char* one, const char* other) const { return std::max(keys_.at(one), keys_.at(other)); }

    static std::string shape_defect(const Key& key, const std::optional<std::string>& index) {
        const std::string name(key.name);
        const std::string write = ", write " + written(key) + " = ...";
        switch (key.shape) {
            case KeyShape::single: return index ? name + " is a single value" + write : "";
            case KeyShape::list: return !index || !index->empty() ? name + " is a list" + write : "";
            case KeyShape::map: return !index || index->empty() ? name + " needs a name" + write : "";
        }
        return "";
    }

    const IniRules ini_;
    ScopeSpec scope_;
    std::vector<Mistake> mistakes_;
    std::vector<Section> sections_;
    std::map<std::string, size_t> section_places_;
    bool is_incomplete_ = false;  // a file could not be read to its end
    // Of the section that is finished:
    std::optional<WorkerSpec> current_;
    bool catch_all_ = false;
    std::map<std::string, Place> keys_;
};

}  // namespace

Result<ScopeSpec> build_scope_spec(const std::string& working_directory, const std::vector<RawFile>& files,
                                   const IniRules& ini) {
    return SpecBuilder(working_directory, ini).build(files);
}

}  // namespace bgworkers
