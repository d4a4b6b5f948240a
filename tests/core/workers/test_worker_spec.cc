#include "core/workers/worker_spec.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

#include "support/temp_directory.h"

using namespace bgworkers;
namespace fs = std::filesystem;

namespace {

bool forced(std::string_view name) { return name == "opcache.enable"; }

// A workers file as the scanner would deliver it, line by line.
class WorkersFile {
public:
    WorkersFile() { directory_.write("bin/worker.php"); }

    WorkersFile& section(const std::string& name) {
        section_ = name;
        return line("", "");
    }
    WorkersFile& line(const std::string& key, const std::string& value) {
        entries_.push_back({section_, key, std::nullopt, value, static_cast<int>(entries_.size()) + 1});
        return *this;
    }
    WorkersFile& line(const std::string& key, const std::string& index, const std::string& value) {
        line(key, value);
        entries_.back().index = index;
        return *this;
    }
    WorkersFile& worker(const std::string& name) { return section(name).line("script", "bin/worker.php"); }

    Result<ScopeSpec> build() const {
        return build_scope_spec(directory_.path(), {{path(), directory_.path(), entries_, "", 0}}, {forced});
    }
    ScopeSpec good() const {
        const Result<ScopeSpec> result = build();
        INFO(result.status().message());
        REQUIRE(result.ok());
        return result.value();
    }
    // Expects a mistake in that line; returns its cause.
    std::string mistake_in(int line) const {
        const Result<ScopeSpec> result = build();
        REQUIRE_FALSE(result.ok());
        CHECK(result.status().kind() == ErrorKind::runtime);
        const std::string& message = result.status().message();
        const std::string place = path() + ":" + std::to_string(line) + ": ";
        INFO(message);
        REQUIRE(message.compare(0, place.size(), place) == 0);
        return message.substr(place.size());
    }

    std::string path() const { return directory_.path() + "/workers.ini"; }
    const TempDirectory& directory() const { return directory_; }

private:
    TempDirectory directory_;
    std::string section_;
    std::vector<RawEntry> entries_;
};

// Of a worker with this one line after its script; "" if it is none.
std::string mistake_of(const std::string& section, const std::string& key, const std::string& value) {
    WorkersFile file;
    file.worker(section).line(key, value);
    return file.build().ok() ? "" : file.mistake_in(3);
}

std::string mistake_of_indexed(const std::string& key, const std::string& index, const std::string& value) {
    WorkersFile file;
    file.worker("w").line(key, index, value);
    return file.build().ok() ? "" : file.mistake_in(3);
}

}  // namespace

TEST_CASE("a worker with a script alone has every default", "[worker_spec]") {
    WorkersFile file;
    const ScopeSpec scope = file.worker("w").good();
    CHECK(scope.working_directory == file.directory().path());
    CHECK_FALSE(scope.catch_all.has_value());
    REQUIRE(scope.workers.size() == 1);
    const WorkerSpec& spec = scope.workers[0];
    CHECK(spec.name == "w");
    CHECK(fs::path(spec.script) == fs::path(file.directory().path()) / "bin/worker.php");
    CHECK(spec.num == 0);
    CHECK(spec.args.empty());
    CHECK(spec.env.empty());
    CHECK(spec.ini.empty());
    CHECK(spec.max_consecutive_failures == 6);
    CHECK_FALSE(spec.shutdown_grace.has_value());
    CHECK(spec.watch.empty());
    CHECK_FALSE(spec.opcache);
}

TEST_CASE("every key of a worker arrives, in the order of the file", "[worker_spec]") {
    WorkersFile file;
    file.worker("pool").line("num", "3").line("args", "", "--first").line("args", "", "").line("args", "", "two words");
    file.line("env", "Z_KEY", "z=1").line("env", "A_KEY", "");
    file.line("ini", "memory_limit", "64M").line("ini", "Date.Timezone", "UTC");
    file.line("max_consecutive_failures", "-1").line("shutdown_grace", "2.5").line("opcache", "1");
    file.line("watch", "", "config/*.php").line("watch", "", "/etc/app").line("watch", "", "./src");
    const WorkerSpec spec = file.good().workers.at(0);
    CHECK(spec.num == 3);
    CHECK(spec.args == std::vector<std::string>{"--first", "", "two words"});
    CHECK(spec.env == std::vector<std::pair<std::string, std::string>>{{"Z_KEY", "z=1"}, {"A_KEY", ""}});
    CHECK(spec.ini ==
          std::vector<std::pair<std::string, std::string>>{{"memory_limit", "64M"}, {"Date.Timezone", "UTC"}});
    CHECK(spec.max_consecutive_failures == -1);
    CHECK(spec.shutdown_grace == 2.5);
    CHECK(spec.opcache);
    const fs::path base = file.directory().path();
    CHECK(std::vector<fs::path>(spec.watch.begin(), spec.watch.end()) ==
          std::vector<fs::path>{base / "config/*.php", base / "/etc/app", base / "src"});
}

TEST_CASE("the section [*] is the catch-all", "[worker_spec]") {
    WorkersFile file;
    const ScopeSpec scope = file.worker("*").line("args", "", "x").worker("named").good();
    REQUIRE(scope.catch_all.has_value());
    CHECK(scope.catch_all->name.empty());
    CHECK(scope.catch_all->max_threads == 16);
    CHECK(scope.catch_all->args == std::vector<std::string>{"x"});
    REQUIRE(scope.workers.size() == 1);
    CHECK(scope.workers[0].args.empty());  // nothing leaks from one section into the next
    WorkersFile other;
    CHECK(other.worker("*").line("max_threads", "1").good().catch_all->max_threads == 1);
}

TEST_CASE("declared names are sorted for messages", "[worker_spec]") {
    WorkersFile file;
    CHECK(file.good().declared_names() == "none");
    WorkersFile names;
    CHECK(names.worker("b").worker("*").worker("a").worker("c d").good().declared_names() == "a, b, c d");
}

TEST_CASE("several workers may share a script", "[worker_spec]") {
    WorkersFile file;
    const ScopeSpec scope = file.worker("a").worker("b").good();
    CHECK(scope.workers.at(0).script == scope.workers.at(1).script);
}

TEST_CASE("numbers are whole, decimal and in range", "[worker_spec]") {
    CHECK(mistake_of("w", "num", "0").empty());
    CHECK(mistake_of("w", "num", "2147483647").empty());
    CHECK(mistake_of("w", "max_consecutive_failures", "0").empty());
    CHECK(mistake_of("w", "max_consecutive_failures", "-1").empty());
    for (const char* bad :
         {"", "-1", "1.5", "abc", "0x10", "1e3", " 1", "1 ", "+1", "2147483648", "99999999999999999999"}) {
        CHECK(mistake_of("w", "num", bad) ==
              "num must be a whole number from 0 to 2147483647, \"" + std::string(bad) + "\" given");
    }
    CHECK(mistake_of("*", "max_threads", "0") ==
          "max_threads must be a whole number from 1 to 2147483647, \"0\" given");
    CHECK(mistake_of("w", "max_consecutive_failures", "-2") ==
          "max_consecutive_failures must be a whole number from -1 to 2147483647, \"-2\" given");
}

TEST_CASE("shutdown_grace is a finite number of seconds", "[worker_spec]") {
    for (const char* good : {"0", "5", "0.25", "1000000"}) {
        CHECK(mistake_of("w", "shutdown_grace", good).empty());
    }
    for (const char* bad : {"", "-1", "-0", "nan", "inf", "1e3", "5s", "1,5", "1000001", "99999999999999999999"}) {
        CHECK(mistake_of("w", "shutdown_grace", bad) ==
              "shutdown_grace must be a number of seconds from 0 to 1000000, \"" + std::string(bad) + "\" given");
    }
}

TEST_CASE("opcache is 0 or 1 and nothing else", "[worker_spec]") {
    WorkersFile file;
    CHECK_FALSE(file.worker("w").line("opcache", "0").good().workers.at(0).opcache);
    for (const char* bad : {"", "2", "on", "true", "01"}) {
        CHECK(mistake_of("w", "opcache", bad) == "opcache must be 0 or 1, \"" + std::string(bad) + "\" given");
    }
}

TEST_CASE("every is a number of seconds, of a named worker with one instance", "[worker_spec]") {
    WorkersFile file;
    CHECK(file.worker("w").line("every", "60").line("num", "1").good().workers.at(0).every == 60);
    for (const char* good : {"0.01", "0.5", "86400", "1000000"}) {
        CHECK(mistake_of("w", "every", good).empty());
    }
    for (const char* bad : {"", "0", "0.001", "-1", "1m", "1e3", "1000001"}) {
        CHECK(mistake_of("w", "every", bad) ==
              "every must be a number of seconds from 0.01 to 1000000, \"" + std::string(bad) + "\" given");
    }
    CHECK(mistake_of("*", "every", "60") == "every is not for [*], its workers are started by name");
    WorkersFile pool;
    pool.worker("w").line("num", "2").line("every", "60");
    CHECK(pool.mistake_in(4) == "every and num = 2 cannot be used together: a job has one instance");
}

TEST_CASE("command is 0 or 1, and not together with opcache", "[worker_spec]") {
    WorkersFile file;
    CHECK(file.worker("w").line("command", "1").line("opcache", "0").good().workers.at(0).command);
    CHECK(mistake_of("w", "command", "yes") == "command must be 0 or 1, \"yes\" given");
    CHECK(mistake_of("*", "command", "1").empty());
    WorkersFile both;
    both.worker("w").line("opcache", "1").line("num", "1").line("command", "1").line("args", "", "x");
    CHECK(both.mistake_in(5) == "command and opcache cannot be used together: code in OPcache has the host's PHP_SAPI");
}

TEST_CASE("placeholders are filled in wherever they stand", "[worker_spec]") {
    CHECK(fill_in_placeholders("c-{instance}-{pid}", 2, 4711) == "c-2-4711");
    CHECK(fill_in_placeholders("{instance}{instance}", 10, 1) == "1010");
    for (const char* other : {"", "{", "{}", "{Instance}", "{ pid }", "{name}", "instance"}) {
        CHECK(fill_in_placeholders(other, 1, 2) == other);
    }
}

TEST_CASE("keys that nobody knows are refused", "[worker_spec]") {
    CHECK(mistake_of("w", "x", "1") == "unknown key \"x\"");
    CHECK(mistake_of("w", "interval", "1") == "unknown key \"interval\"");
    CHECK(mistake_of_indexed("option", "x", "1") == "unknown key \"option\"");
    CHECK(mistake_of("w", std::string(100000, 'x'), "1") == "unknown key \"" + std::string(100000, 'x') + "\"");
    WorkersFile outside;
    outside.line("num", "1");
    CHECK(outside.mistake_in(1) == "key \"num\" stands outside any section");
}

TEST_CASE("a key that is written wrong is told the one that was meant", "[worker_spec]") {
    const auto meant = [](const char* key) {
        const std::string cause = mistake_of("w", key, "1");
        const std::string unknown = "unknown key \"" + std::string(key) + "\", did you mean ";
        return cause.starts_with(unknown) ? cause.substr(unknown.size()) : cause;
    };
    CHECK(meant("scirpt") == "script?");
    CHECK(meant("scripts") == "script?");
    CHECK(meant("Num") == "num?");
    CHECK(meant("SCRIPT") == "script?");
    CHECK(meant("arg") == "args[]?");
    CHECK(meant("evn") == "env[NAME]?");
    CHECK(meant("max_treads") == "max_threads?");
    CHECK(meant("max-consecutive-failures") == "max_consecutive_failures?");
    CHECK(meant("shutdowngrace") == "shutdown_grace?");
}

TEST_CASE("a comment of another kind of file is told how comments begin here", "[worker_spec]") {
    const std::string cause = "comments begin with \";\", not with \"#\"";
    CHECK(mistake_of("w", "# a comment", "") == cause);
    CHECK(mistake_of("w", "#num", "1") == cause);
    WorkersFile outside;
    CHECK(outside.line("# a comment", "").mistake_in(1) == cause);
}

TEST_CASE("a key that belongs to the other kind of section is refused", "[worker_spec]") {
    CHECK(mistake_of("w", "max_threads", "4") == "max_threads is for [*] alone, use num");
    CHECK(mistake_of("*", "num", "1") == "num is not for [*], its workers are started by name");
    CHECK(mistake_of("*", "num", "0") != "");
}

TEST_CASE("lists, maps and single values are not mixed up", "[worker_spec]") {
    for (const char* key : {"script", "num", "opcache", "shutdown_grace", "max_consecutive_failures"}) {
        const std::string cause = std::string(key) + " is a single value, write " + key + " = ...";
        CHECK(mistake_of_indexed(key, "", "1") == cause);
        CHECK(mistake_of_indexed(key, "x", "1") == cause);
    }
    for (const char* key : {"args", "watch"}) {
        const std::string cause = std::string(key) + " is a list, write " + key + "[] = ...";
        CHECK(mistake_of("w", key, "x") == cause);
        CHECK(mistake_of_indexed(key, "0", "x") == cause);
    }
    for (const char* key : {"env", "ini"}) {
        const std::string cause = std::string(key) + " needs a name, write " + key + "[NAME] = ...";
        CHECK(mistake_of("w", key, "x") == cause);
        CHECK(mistake_of_indexed(key, "", "x") == cause);
    }
}

TEST_CASE("a key twice in one section is refused, in two sections it is not", "[worker_spec]") {
    WorkersFile file;
    file.worker("a").line("num", "1").worker("b").line("num", "1").line("num", "1");
    CHECK(file.mistake_in(7) == "num is set twice in this section");
    CHECK(mistake_of("w", "script", "bin/worker.php") == "script is set twice in this section");
    WorkersFile env;
    env.worker("a").line("env", "K", "secret1").line("env", "k", "other").line("env", "K", "secret2");
    CHECK(env.mistake_in(5) == "env[K] is set twice in this section");
    WorkersFile ini;
    ini.worker("a").line("ini", "k", "1").line("ini", "k", "2");
    CHECK(ini.mistake_in(4) == "ini[k] is set twice in this section");
}

TEST_CASE("a section twice is refused, also the catch-all", "[worker_spec]") {
    WorkersFile file;
    CHECK(file.worker("a").worker("b").worker("a").mistake_in(5) == "section [a] is declared twice");
    WorkersFile stars;
    CHECK(stars.worker("*").worker("*").mistake_in(3) == "section [*] is declared twice");
    WorkersFile cases;
    CHECK(cases.worker("a").worker("A").good().workers.size() == 2);
}

TEST_CASE("a section without a script is refused at its own line", "[worker_spec]") {
    WorkersFile last;
    CHECK(last.worker("a").section("b").line("num", "1").mistake_in(3) == "section [b] has no script");
    WorkersFile between;
    CHECK(between.section("b").worker("a").mistake_in(1) == "section [b] has no script");
    WorkersFile star;
    CHECK(star.section("*").mistake_in(1) == "section [*] has no script");
}

#ifndef _WIN32
TEST_CASE("a script has to be a file that exists", "[worker_spec]") {
    WorkersFile file;
    const std::string base = file.directory().path();
    const auto mistake = [&](const std::string& script) {
        RawEntry section{"w", "", std::nullopt, "", 1}, entry{"w", "script", std::nullopt, script, 2};
        const Result<ScopeSpec> result =
            build_scope_spec(base, {{file.path(), base, {section, entry}, "", 0}}, {forced});
        const std::string place = file.path() + ":2: ";
        return result.ok() ? "" : result.status().message().substr(place.size());
    };
    CHECK(mistake("") == "script must not be empty");
    CHECK(mistake("bin/none.php") == "script \"" + base + "/bin/none.php\" does not exist");
    CHECK(mistake("bin/worker.php/x") == "script \"" + base + "/bin/worker.php/x\" does not exist");
    CHECK(mistake("bin") == "script \"" + base + "/bin\" is a directory");
    CHECK(mistake("/") == "script \"/\" is a directory");
    REQUIRE(mkfifo(file.directory().at("fifo").c_str(), 0600) == 0);
    CHECK(mistake("fifo") == "script \"" + base + "/fifo\" is not a file");
    std::filesystem::create_symlink("nowhere", file.directory().at("dangling"));
    CHECK(mistake("dangling") == "script \"" + base + "/dangling\" does not exist");
    const std::string with_arguments =
        "script \"" + base + "/bin/worker.php\" has arguments behind it, write args[] = ... for each of them";
    CHECK(mistake("bin/worker.php --every=5 s3cret") == with_arguments);
    CHECK(mistake("bin/none.php --every=5") == "script \"" + base + "/bin/none.php --every=5\" does not exist");
    file.directory().write("bin/my worker.php");
    CHECK(mistake("bin/my worker.php").empty());
    CHECK(mistake(std::string("bin/worker.php\0.txt", 19)) == "script must not contain NUL bytes");
}

TEST_CASE("scripts are relative to the file, and links stay links", "[worker_spec]") {
    WorkersFile file;
    const std::string base = file.directory().path();
    std::filesystem::create_directory_symlink("bin", file.directory().at("current"));
    const auto script = [&](const std::string& text) {
        RawEntry section{"w", "", std::nullopt, "", 1}, entry{"w", "script", std::nullopt, text, 2};
        const Result<ScopeSpec> result = build_scope_spec(base, {{file.path(), base, {section, entry}, "", 0}}, {});
        return result.ok() ? result.value().workers.at(0).script : result.status().message();
    };
    CHECK(script("current/worker.php") == base + "/current/worker.php");
    CHECK(script("./bin/worker.php") == base + "/bin/worker.php");
    CHECK(script(".//./bin/worker.php") == base + "/bin/worker.php");
    CHECK(script("bin/../bin/worker.php") == base + "/bin/../bin/worker.php");
    CHECK(script(base + "/bin/worker.php") == base + "/bin/worker.php");
}
#endif

TEST_CASE("an INI setting that bgworkers forces is refused in any case", "[worker_spec]") {
    const std::string cause = "ini[Opcache.Enable] cannot be set, bgworkers sets it itself";
    CHECK(mistake_of_indexed("ini", "Opcache.Enable", "1") == cause);
    CHECK(mistake_of_indexed("ini", "opcache.enable_cli", "1").empty());
}

TEST_CASE("an environment variable has a possible name", "[worker_spec]") {
    CHECK(mistake_of_indexed("env", "A=B", "1") == "env[A=B] must not have a \"=\" in its name");
    CHECK(mistake_of_indexed("env", std::string("A\0B", 3), "1") == "env must not contain NUL bytes");
    CHECK(mistake_of_indexed("env", "A", std::string("1\0002", 3)) == "env must not contain NUL bytes");
    CHECK(mistake_of_indexed("watch", "", "") == "watch[] must not be empty");
}

TEST_CASE("what an env or an argument holds appears in no message", "[worker_spec]") {
    const std::string messages[] = {
        mistake_of("w", "env", "s3cret"), mistake_of_indexed("env", "", "s3cret"), mistake_of("w", "args", "s3cret"),
        mistake_of_indexed("env", "A", std::string("s3cret\0", 7)), mistake_of_indexed("args", "1", "s3cret")};
    for (const std::string& message : messages) {
        CHECK_FALSE(message.empty());
        CHECK(message.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("a section has to be an allowed name", "[worker_spec]") {
    const auto mistake = [](const std::string& name) {
        WorkersFile file;
        file.worker(name);
        return file.build().ok() ? "" : file.mistake_in(1);
    };
    CHECK(mistake("") == "the worker's name \"\" must not be empty");
    CHECK(mistake("-a") == "the worker's name \"-a\" must not start with \"-\"");
    CHECK(mistake(std::string(256, 'a')).find("must not be longer than 255 bytes") != std::string::npos);
    CHECK(mistake("a\tb").find("must not contain control characters") != std::string::npos);
    CHECK(mistake("grüße/日本 1").empty());
}

TEST_CASE("names: what get_vars() accepts", "[worker_spec]") {
    CHECK(std::string(name_defect("")) == "must not be empty");
    CHECK(std::string(name_defect("*")) == "must not be \"*\"");
    CHECK(std::string(name_defect("-")) == "must not start with \"-\"");
    CHECK(std::string(name_defect("--help")) == "must not start with \"-\"");
    CHECK(std::string(name_defect(std::string(256, 'a'))) == "must not be longer than 255 bytes");
    CHECK(name_defect(std::string(255, 'a')) == nullptr);
    for (const char* good : {"a", "0", "**", "a*", "a-", "a b", " ", "\xC3\xBC", "\xFF"}) {
        CHECK(name_defect(good) == nullptr);
    }
    for (int byte = 0; byte < 256; ++byte) {
        INFO("byte " << byte);
        const bool control = byte < 0x20 || byte == 0x7F;
        CHECK((name_defect(std::string("a") + static_cast<char>(byte)) != nullptr) == control);
        CHECK((name_defect("a" + std::string(1, static_cast<char>(byte)) + "b") != nullptr) == control);
    }
}

TEST_CASE("the entrypoint is a catch-all with defaults", "[worker_spec]") {
    TempDirectory directory;
    const std::string script = directory.write("bin/console");
    const Result<ScopeSpec> result = build_entrypoint_spec(script);
    REQUIRE(result.ok());
    CHECK(fs::path(result.value().working_directory) == fs::path(directory.path()) / "bin");
    CHECK(result.value().workers.empty());
    REQUIRE(result.value().catch_all.has_value());
    CHECK(result.value().catch_all->script == script);
    CHECK(result.value().catch_all->name.empty());
    CHECK(result.value().catch_all->max_threads == 16);

    CHECK(build_entrypoint_spec("bin/console").status().message() ==
          "bgworkers.entrypoint: must be an absolute path, \"bin/console\" given");
    CHECK(build_entrypoint_spec(script + "2").status().message() ==
          "bgworkers.entrypoint: script \"" + script + "2\" does not exist");
    CHECK(build_entrypoint_spec(directory.path()).status().message() ==
          "bgworkers.entrypoint: script \"" + directory.path() + "\" is a directory");
}

TEST_CASE("the keys of tasks, and their defaults", "[worker_spec]") {
    WorkersFile file;
    const ScopeSpec scope = file.worker("w")
                                .line("queue", "0")
                                .line("max_task_size", "16M")
                                .line("task_timeout", "2.5")
                                .line("max_tasks", "100")
                                .line("concurrency", "8")
                                .worker("plain")
                                .good();
    const WorkerSpec& set = scope.workers.at(0);
    CHECK(set.queue == 0);
    CHECK(set.max_task_size == 16 * 1024 * 1024);
    CHECK(set.task_timeout == 2.5);
    CHECK(set.max_tasks == 100);
    CHECK(set.concurrency == 8);
    const WorkerSpec& plain = scope.workers.at(1);
    CHECK(plain.queue == 128);
    CHECK(plain.max_task_size == 1024 * 1024);
    CHECK_FALSE(plain.task_timeout.has_value());
    CHECK(plain.max_tasks == 0);
    CHECK(plain.concurrency == 1);
    CHECK(mistake_of("*", "queue", "5").empty());
    CHECK(mistake_of("w", "queue", "-1") == "queue must be a whole number from 0 to 2147483647, \"-1\" given");
    CHECK(mistake_of("w", "concurrency", "0") ==
          "concurrency must be a whole number from 1 to 2147483647, \"0\" given");
    CHECK(mistake_of("w", "max_task_size", "1 M") ==
          "max_task_size must be a number of bytes, such as 512K or 16M, or 0 for no limit, \"1 M\" given");
    CHECK(mistake_of("w", "task_timeout", "-1") ==
          "task_timeout must be a number of seconds from 0 to 1000000, \"-1\" given");
}

TEST_CASE("a job takes no tasks", "[worker_spec]") {
    for (const char* key : {"queue", "max_task_size", "task_timeout", "max_tasks", "concurrency"}) {
        WorkersFile file;
        file.worker("w").line("every", "60").line(key, "1");
        CHECK(file.mistake_in(4) == "every and " + std::string(key) + " cannot be used together: a job takes no tasks");
    }
}

namespace {

// Files of one directory, each as its text would be delivered: "[section]" and "key = value" and "key[] = value" lines.
class Files {
public:
    Files() { directory_.write("worker.php"); }

    Files& file(const std::string& name, const std::vector<std::string>& lines) {
        RawFile& file = files_.emplace_back();
        file.path = "/d/" + name;
        file.directory = directory_.path();
        std::string section;
        for (const std::string& line : lines) {
            RawEntry entry;
            entry.line = static_cast<int>(file.entries.size()) + 1;
            if (line.front() == '[') {
                section = line.substr(1, line.size() - 2);
            } else {
                entry.key = line.substr(0, line.find_first_of(" ["));
                if (const size_t open = line.find('['); open != std::string::npos) {
                    entry.index = line.substr(open + 1, line.find(']') - open - 1);
                }
                entry.value = line.substr(line.find("= ") + 2);
            }
            entry.section = section;
            file.entries.push_back(entry);
        }
        return *this;
    }
    Files& based_on(const std::string& directory) {
        files_.back().directory = directory;
        return *this;
    }
    Files& broken(int line, const std::string& defect) {
        files_.back().defect = defect;
        files_.back().defect_line = line;
        return *this;
    }
    ScopeSpec good() const {
        const Result<ScopeSpec> result = build_scope_spec("/d", files_, {forced});
        INFO(result.status().message());
        REQUIRE(result.ok());
        return result.value();
    }
    std::string mistakes() const {
        const Result<ScopeSpec> result = build_scope_spec("/d", files_, {forced});
        REQUIRE_FALSE(result.ok());
        return result.status().message();
    }
    std::string path() const { return directory_.path(); }

private:
    TempDirectory directory_;
    std::vector<RawFile> files_;
};

}  // namespace

TEST_CASE("a later file overrides single keys of a section, and a list as a whole", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[w]", "script = worker.php", "num = 1", "args[] = a", "args[] = b", "watch[] = x",
                          "env[A] = 1", "env[B] = 2", "ini[memory_limit] = 1M", "[other]", "script = worker.php"});
    files.file("20.ini", {"[w]", "num = 3", "args[] = c", "env[B] = 3", "env[C] = 4", "[more]", "script = worker.php"});
    const ScopeSpec scope = files.good();
    CHECK(scope.working_directory == "/d");
    CHECK(scope.declared_names() == "more, other, w");
    const WorkerSpec& w = scope.workers.at(0);
    CHECK(w.name == "w");
    CHECK(w.num == 3);
    CHECK(w.args == std::vector<std::string>{"c"});
    REQUIRE(w.watch.size() == 1);
    CHECK(fs::path(w.watch[0]) == fs::path(files.path()) / "x");
    CHECK(w.env == std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "3"}, {"C", "4"}});
    CHECK(w.ini == std::vector<std::pair<std::string, std::string>>{{"memory_limit", "1M"}});
}

TEST_CASE("each path is relative to the file in which it stands", "[worker_spec]") {
    Files files;
    TempDirectory vendor;
    vendor.write("flags.php");
    files.file("10.ini", {"[acme.flags]", "script = flags.php", "watch[] = a"}).based_on(vendor.path());
    files.file("20.ini", {"[acme.flags]", "watch[] = b"});
    const WorkerSpec spec = files.good().workers.at(0);
    CHECK(fs::path(spec.script) == fs::path(vendor.path()) / "flags.php");
    REQUIRE(spec.watch.size() == 1);
    CHECK(fs::path(spec.watch[0]) == fs::path(files.path()) / "b");
}

TEST_CASE("enabled = 0 switches a section off, and the last file has the last word", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[w]", "script = worker.php", "[off]", "script = worker.php", "[on]", "enabled = 0",
                          "script = worker.php", "[*]", "script = worker.php"});
    files.file("20.ini", {"[off]", "enabled = 0", "[on]", "enabled = 1", "[nowhere]", "enabled = 0", "[*]", "num = 1"});
    CHECK(files.mistakes() == "/d/20.ini:8: num is not for [*], its workers are started by name");
    Files good;
    good.file("10.ini", {"[w]", "script = worker.php", "[off]", "script = worker.php", "[on]", "enabled = 0",
                         "script = worker.php", "[*]", "script = worker.php"});
    good.file("20.ini",
              {"[off]", "enabled = 0", "[on]", "enabled = 1", "[nowhere]", "enabled = 0", "[*]", "enabled = 0"});
    const ScopeSpec scope = good.good();
    CHECK(scope.declared_names() == "on, w");
    CHECK_FALSE(scope.catch_all.has_value());
    CHECK(scope.switched_off ==
          decltype(scope.switched_off){{"*", "/d/20.ini:8"}, {"nowhere", "/d/20.ini:6"}, {"off", "/d/20.ini:2"}});
    CHECK(mistake_of("w", "enabled", "no") == "enabled must be 0 or 1, \"no\" given");
}

TEST_CASE("what was overridden or switched off need not be right, but its keys are known", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[w]", "script = gone.php", "num = many", "[off]", "script = gone.php", "every = often"});
    files.file("20.ini", {"[w]", "script = worker.php", "num = 2", "[off]", "enabled = 0"});
    CHECK(files.good().workers.at(0).num == 2);
    files.file("30.ini", {"[off]", "scirpt = x"});
    CHECK(files.mistakes() == "/d/30.ini:2: unknown key \"scirpt\", did you mean script?");
}

TEST_CASE("all mistakes are told, in the order of files and lines", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[w]", "scirpt = worker.php", "num = x", "[-a]", "script = gone.php", "[v]", "num = 1", "[v]",
                          "num = 2", "[u]", "script = worker.php", "script = worker.php", "every = 5"});
    files.file("20.ini", {"[u]", "num = 2", "key = 1", "[w]", "env[] = x"}).broken(6, "syntax error");
    CHECK(files.mistakes() ==
          "/d/10.ini:2: unknown key \"scirpt\", did you mean script?\n"
          "/d/10.ini:3: num must be a whole number from 0 to 2147483647, \"x\" given\n"
          "/d/10.ini:4: the worker's name \"-a\" must not start with \"-\"\n"
          "/d/10.ini:8: section [v] is declared twice\n"
          "/d/10.ini:12: script is set twice in this section\n"
          "/d/20.ini:3: unknown key \"key\"\n"
          "/d/20.ini:5: env needs a name, write env[NAME] = ...\n"
          "/d/20.ini:6: syntax error");
}

TEST_CASE("mistakes without an end are cut, and take no time", "[worker_spec]") {
    Files files;
    files.file("10.ini", std::vector<std::string>(20000, "key = 1"));
    const std::string mistakes = files.mistakes();
    CHECK(std::count(mistakes.begin(), mistakes.end(), '\n') == kMostMistakes);
    CHECK(mistakes.ends_with("/d/10.ini:20: key \"key\" stands outside any section\nand more"));
}

TEST_CASE("a section without a script is told the one that it was perhaps to override", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[flags]", "script = worker.php"}).file("20.ini", {"[flagz]", "num = 2"});
    CHECK(files.mistakes() == "/d/20.ini:1: section [flagz] has no script, did you mean [flags]?");
    files.file("30.ini", {}).broken(1, "syntax error");  // what is missing may have had a script
    CHECK(files.mistakes() == "/d/30.ini:1: syntax error");
}

TEST_CASE("what keys say against each other across files stands where the later one does", "[worker_spec]") {
    Files files;
    files.file("10.ini", {"[w]", "script = worker.php", "opcache = 1"}).file("20.ini", {"[w]", "command = 1"});
    CHECK(files.mistakes() ==
          "/d/20.ini:2: command and opcache cannot be used together: code in OPcache has the host's PHP_SAPI");
}

TEST_CASE("a file that cannot be read at all has no line", "[worker_spec]") {
    Files files;
    files.file("10.ini", {}).broken(0, "cannot be read: Permission denied");
    CHECK(files.mistakes() == "/d/10.ini: cannot be read: Permission denied");
}
