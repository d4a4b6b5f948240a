#include "core/base/log.h"

#include <catch2/catch_test_macros.hpp>

#include <clocale>
#include <limits>
#include <string>
#include <vector>

using namespace bgworkers;

namespace {

std::string value_of(std::string_view value) {
    const std::string line = LogEvent(LogLevel::info, "w", "e").field("k", value).line();
    const std::string before = "level=info worker=w event=e k=";
    REQUIRE(line.compare(0, before.size(), before) == 0);
    return line.substr(before.size());
}

// The format is one for the process.
struct AsJson {
    AsJson() { set_log_format(LogFormat::json); }
    ~AsJson() { set_log_format(LogFormat::text); }
};

struct Recorder : LogSink {
    std::vector<std::pair<LogLevel, std::string>> lines;
    void write(LogLevel level, std::string_view line) noexcept override { lines.emplace_back(level, line); }
};

}  // namespace

TEST_CASE("a log line starts with level, worker and event, and keeps the order of its fields", "[log]") {
    LogEvent event(LogLevel::notice, "mailer", "started");
    event.field("instance", 0).field("run", 1).seconds("after", 1.5).field("script", "/srv/bin/console");
    CHECK(event.line() ==
          "level=notice worker=mailer event=started instance=0 run=1 after=1.500 script=/srv/bin/console");
    CHECK(event.level() == LogLevel::notice);
}

TEST_CASE("an event about no worker names none", "[log]") {
    CHECK(LogEvent(LogLevel::warning, "", "config").line() == "level=warning event=config");
}

TEST_CASE("a log event reaches the sink with its level, once", "[log]") {
    Recorder sink;
    LogEvent(LogLevel::error, "w", "stuck").write_to(sink);
    REQUIRE(sink.lines.size() == 1);
    CHECK(sink.lines[0].first == LogLevel::error);
    CHECK(sink.lines[0].second == "level=error worker=w event=stuck");
}

TEST_CASE("a value is quoted as soon as it holds more than plain characters", "[log]") {
    CHECK(value_of("AZaz09_./:+-") == "AZaz09_./:+-");
    CHECK(value_of("") == "\"\"");
    CHECK(value_of("two words") == "\"two words\"");
    CHECK(value_of("a=b") == "\"a=b\"");
    CHECK(value_of("caf\xC3\xA9") == "\"caf\xC3\xA9\"");
}

TEST_CASE("no value can break out of its quotes or its line", "[log]") {
    CHECK(value_of("say \"hi\"") == "\"say \\\"hi\\\"\"");
    CHECK(value_of("C:\\x") == "\"C:\\\\x\"");
    CHECK(value_of("a\nb\rc\td") == "\"a\\nb\\rc\\td\"");
    CHECK(value_of(std::string_view("\0\x01\x1B\x7F", 4)) == "\"\\x00\\x01\\x1b\\x7f\"");
    for (int byte = 0; byte < 256; ++byte) {
        const std::string value = value_of(std::string(1, static_cast<char>(byte)));
        for (char c : value) {
            const auto b = static_cast<unsigned char>(c);
            CHECK((b >= 0x20 && b != 0x7F));
        }
    }
}

TEST_CASE("the worker's name is escaped like every value", "[log]") {
    CHECK(LogEvent(LogLevel::info, "x event=y", "e").line() == "level=info worker=\"x event=y\" event=e");
}

TEST_CASE("numbers and seconds are written in full", "[log]") {
    const LogEvent event = LogEvent(LogLevel::info, "w", "e")
                               .field("min", std::numeric_limits<long long>::min())
                               .seconds("rounded", 0.0996)
                               .seconds("negative", -2);
    CHECK(event.line() == "level=info worker=w event=e min=-9223372036854775808 rounded=0.100 negative=-2.000");
    LogEvent extremes(LogLevel::info, "w", "e");
    using Limits = std::numeric_limits<double>;
    extremes.seconds("largest", Limits::max()).seconds("inf", Limits::infinity());
    CHECK(extremes.line().find(".000 inf=inf") != std::string::npos);
}

TEST_CASE("a locale with decimal commas does not change a line", "[log]") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) {
        SKIP("no de_DE.UTF-8 on this machine");
    }
    const std::string line = LogEvent(LogLevel::info, "w", "e").seconds("after", 1.5).line();
    std::setlocale(LC_ALL, before.c_str());
    CHECK(line == "level=info worker=w event=e after=1.500");
}

TEST_CASE("log levels are parsed by name in any case, and nothing else is", "[log]") {
    LogLevel level = LogLevel::debug;
    for (LogLevel each : {LogLevel::debug, LogLevel::info, LogLevel::notice, LogLevel::warning, LogLevel::error}) {
        REQUIRE(parse_log_level(log_level_name(each), &level));
        CHECK(level == each);
    }
    CHECK(parse_log_level("WaRnInG", &level));
    CHECK(level == LogLevel::warning);
    for (const char* wrong : {"", "warn", "errors", " error", "2"}) {
        INFO(wrong);
        CHECK_FALSE(parse_log_level(wrong, &level));
    }
    CHECK(level == LogLevel::warning);
    CHECK(LogLevel::notice < LogLevel::warning);
}

TEST_CASE("as JSON a line is the members of an object, numbers are numbers", "[log]") {
    const AsJson json;
    LogEvent event(LogLevel::notice, "mailer", "started");
    event.field("instance", 0).field("run", 12).seconds("after", 1.5).field("script", "/srv/bin/console");
    CHECK(event.line() == R"("level":"notice","worker":"mailer","event":"started","instance":0,"run":12,"after":1.500,)"
                          R"("script":"/srv/bin/console")");
    CHECK(LogEvent(LogLevel::warning, "", "config_error").line() == R"("level":"warning","event":"config_error")");
    CHECK(LogEvent(LogLevel::warning, "12", "e").line() == R"("level":"warning","worker":"12","event":"e")");
}

TEST_CASE("JSON holds any bytes", "[log]") {
    const AsJson json;
    const auto value = [](std::string_view text) {
        const std::string line = LogEvent(LogLevel::info, "", "e").field("k", text).line();
        return line.substr(std::string_view(R"("level":"info","event":"e","k":)").size());
    };
    CHECK(value("say \"hi\" C:\\x /") == R"("say \"hi\" C:\\x /")");
    CHECK(value("a\nb\rc\td") == R"("a\nb\rc\td")");
    CHECK(value(std::string_view("\0\x01\x1B\x7F", 4)) == R"("\u0000\u0001\u001b\u007f")");
    CHECK(value("caf\xC3\xA9 \xF0\x9F\x90\x98") == "\"caf\xC3\xA9 \xF0\x9F\x90\x98\"");
    CHECK(value("caf\xE9 \xED\xA0\x80 \xC0\x80 \xC3") == R"("caf\\xe9 \\xed\\xa0\\x80 \\xc0\\x80 \\xc3")");
}

TEST_CASE("what a worker prints is a line with its name, and how often it came again", "[log]") {
    CHECK(printed_line("w", "a = \"b\"", 0) == "[w] a = \"b\"");
    CHECK(printed_line("w", "down", 57) == "[w] down (\xE2\x80\xA6 57 more)");
    const AsJson json;
    CHECK(printed_line("w", "a = \"b\"", 0) == R"("worker":"w","output":"a = \"b\"")");
    CHECK(printed_line("w", "down", 57) == R"("worker":"w","output":"down","more":57)");
}
