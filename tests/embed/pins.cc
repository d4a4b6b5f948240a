// A reader that ends, dies or bails out while it holds snapshots leaves nothing pinned.
//
// A worker publishes exactly when told (counter 0: wanted, counter 1: published), so that the number of snapshots is
// known at every step: one in the slot, and what readers pin.
#include <stdlib.h>

#include <memory>

#include "core/publish/snapshot.h"
#include "engine.h"
#include "failing_memory.h"
#include "inside.h"
#include "support.h"

using namespace embed;
using bgworkers::Snapshot;

namespace {

const char* const kPublisher = R"(<?php
enum Suit { case Hearts; case Spades; }
while (!BgWorkers\should_stop(0.0005)) {
    for ($n = embed_counter(1); $n < embed_counter(0); embed_counter(1, $n)) {
        ++$n;
        $vars = ['n' => $n, 'list' => range(1, 500), 'text' => str_repeat("text $n ", 50), 'name' => "name$n"];
        if (embed_counter(2)) {
            $vars['suit'] = Suit::Hearts;
            $vars['deep'] = ['of' => ['cards' => [Suit::Spades, $vars['list']]]];
        }
        BgWorkers\set_vars($vars);
    }
}
)";

// What readers have at hand. next() makes the publisher publish and waits for it; news() reads that, too.
const char* const kReader = R"(
function next_version() {
    $wanted = embed_counter(0) + 1;
    for (embed_counter(0, $wanted); embed_counter(1) < $wanted;) usleep(100);
    return $wanted;
}
function news() {
    $wanted = next_version();
    $vars = BgWorkers\get_vars('publisher');
    if ($vars['n'] !== $wanted) embed_fail("read {$vars['n']}, not $wanted");
    return $vars;
}
class Holder { public static $kept = []; public $vars; function __destruct() { self::$kept[] = news(); } }
function hold() {
    static $also;
    $also = news();
    Holder::$kept[] = news();
    $GLOBALS['holder'] = $holder = new Holder;
    $holder->vars = news();
    define('HELD' . count(Holder::$kept), $also);
    return $also;
}
)";

const char* const kEnum = "enum Suit { case Hearts; case Spades; }";

class Publisher {
public:
    explicit Publisher(bool with_enums) {
        setenv("BGWORKERS_PROTECT_SNAPSHOTS", "1", 1);  // what is freed is unmapped, in release builds, too
        for (auto& one : counter) {
            one = 0;
        }
        counter[0] = 1;
        counter[2] = with_enums;
        set_functions(inside_functions());
        write_script("publisher.php", kPublisher);
        write_script("silent.php", "<?php BgWorkers\\should_stop(INF);");
        engine_ = std::make_unique<Engine>(
            "log_errors=0\ndisplay_errors=1\nhtml_errors=0\nbgworkers.log_level=error\n" +
                workers("[publisher]\nscript = publisher.php\nnum = 1\n[silent]\nscript = silent.php\n"),
            extension());
    }
    ~Publisher() {
        engine_.reset();
        CHECK_EQUAL(Snapshot::live_count(), uint64_t{0});
    }

private:
    std::unique_ptr<Engine> engine_;
};

// The newest was read by this thread just now: only that one may be left.
void check_one_left(const char* code) {
    if (Snapshot::live_count() != 1) {
        fail("pins.cc", 0, std::to_string(Snapshot::live_count()) + " snapshots instead of one after: " + code);
    }
}

void dies(const char* code, const char* expected_output) {
    // The thread lives on and has another request.
    on_php_thread([&] {
        const std::string printed = request(std::string(kReader) + code);
        if (printed.find(expected_output) == std::string::npos) {
            fail("pins.cc", 0, std::string("\"") + printed + "\" was printed by: " + code);
        }
        CHECK_EQUAL(request(std::string(kReader) + "next_version();"), "");
        CHECK(Snapshot::live_count() <= 2);  // the slot's, and the one that this thread read last
        CHECK_EQUAL(request(std::string(kReader) + "if (embed_counter(2)) { eval('" + kEnum +
                            "'); } BgWorkers\\get_vars('publisher');"),
                    "");
        check_one_left(code);
    });
    check_one_left(code);
    // The thread goes right after.
    on_php_thread([&] { request(std::string(kReader) + code); });
    check_one_left(code);
}

}  // namespace

EMBED_CASE(request_ends_while_it_holds_snapshots) {
    Publisher publisher(false);
    dies("hold(); echo 'end';", "end");
    dies("hold(); exit('exited');", "exited");
    dies("hold(); register_shutdown_function(function () { hold(); echo 'late'; });", "late");
    dies("hold(); throw new Exception('thrown');", "thrown");
    dies("hold(); undefined();", "undefined");
    dies("hold(); trigger_error('fatal', E_USER_ERROR);", "fatal");
    dies("hold(); eval('class Holder {}');", "class Holder");
    dies("hold(); ini_set('memory_limit', '4M'); $x = str_repeat('x', 100000000);", "Allowed memory size");
    dies("hold(); embed_time_out(); while (true);", "Maximum execution time");
    dies("function f() { yield hold(); yield hold(); } foreach (f() as $vars) throw new Exception('in a generator');",
         "in a generator");
    dies("hold(); ob_start(function ($text) { return news()['n'] > 0 ? 'buffered' : ''; }); echo 1;", "buffered");
    dies(
        "for ($i = 0; $i < 30; ++$i) $all[] = news(); if (embed_live() > 12) embed_fail(embed_live() . ' alive'); echo "
        "'many';",
        "many");
}

EMBED_CASE(request_dies_while_it_waits) {
    Publisher publisher(false);
    dies(
        "hold(); try { BgWorkers\\get_vars('silent', 0.01); } catch (BgWorkers\\TimeoutException $e) { hold(); throw "
        "$e; }",
        "not ready");
    dies("hold(); embed_time_out(); BgWorkers\\get_vars('silent');", "Maximum execution time");
}

EMBED_CASE(request_dies_in_an_autoloader) {
    Publisher publisher(true);
    const std::string loads = std::string("spl_autoload_register(function ($class) { static $nested = 0; ");
    const std::string declares = std::string("eval('") + kEnum + "'); ";
    dies((loads + declares + "}); hold(); echo 'end';").c_str(), "end");
    dies(
        (loads +
         "if ($nested++ < 3) { next_version(); try { BgWorkers\\get_vars('publisher'); } catch (LogicException) {} } " +
         declares + "}); try { news(); } catch (LogicException $e) {} echo 'nested';")
            .c_str(),
        "nested");
    dies((loads + "throw new Exception('from the autoloader'); }); hold();").c_str(), "from the autoloader");
    dies((loads + "}); hold();").c_str(), "that class does not exist here");
    dies((loads + "eval('enum Suit { case Hearts; }'); }); hold();").c_str(), "no such case");
    dies((loads + "eval('class Suit { const Hearts = 1; }'); }); hold();").c_str(), "not an enum");
    dies((loads + "if (Fiber::getCurrent()) Fiber::suspend(); }); (new Fiber('hold'))->start(); hold();").c_str(),
         "that class does not exist here");
    dies((loads + "exit('exited'); }); hold();").c_str(), "exited");
    dies((loads + "trigger_error('fatal', E_USER_ERROR); }); hold();").c_str(), "fatal");
    dies((loads + "ini_set('memory_limit', '4M'); str_repeat('x', 100000000); }); hold();").c_str(),
         "Allowed memory size");
    dies((loads + "embed_time_out(); while (true); }); hold();").c_str(), "Maximum execution time");
    dies((std::string(kEnum) + "for ($i = 0; $i < 30; ++$i) $all[] = news(); if (embed_live() > 12) "
                               "embed_fail(embed_live() . ' alive'); echo 'many';")
             .c_str(),
         "many");
}

// Reads wait in fibers of their own when the request dies.
EMBED_CASE(request_dies_while_reads_are_under_way) {
    Publisher publisher(true);
    const std::string begins = R"(
        spl_autoload_register(function ($class) { eval('enum Suit { case Hearts; case Spades; }'); Fiber::suspend(); });
        function begin() {
            $fiber = new Fiber(fn () => BgWorkers\get_vars('publisher'));
            $fiber->start();
            return $fiber;
        }
        next_version();
        $fiber = begin();
        $GLOBALS['other'] = [$fiber, new ArrayObject([$fiber])];
        $read = hold();
        )";
    dies((begins + "echo 'end';").c_str(), "end");
    dies((begins + "exit('exited');").c_str(), "exited");
    dies((begins + "$fiber = $other = null; hold(); echo 'dropped';").c_str(), "dropped");
    dies((begins +
          "$fiber->resume(); $old = $fiber->getReturn(); hold(); echo $old['n'] < $read['n'] ? 'older' : 'newer';")
             .c_str(),
         "older");
    dies((begins + "$fiber->throw(new Exception('thrown into it'));").c_str(), "thrown into it");
    dies((begins + "trigger_error('fatal', E_USER_ERROR);").c_str(), "fatal");
    dies((begins + "register_shutdown_function(function () { hold(); echo 'late'; }); undefined();").c_str(), "late");
    dies((begins + "ini_set('memory_limit', '4M'); str_repeat('x', 100000000);").c_str(), "Allowed memory size");
    dies((begins + "embed_time_out(); while (true);").c_str(), "Maximum execution time");
    dies((begins + "(new Fiber(function () { hold(); trigger_error('fatal', E_USER_ERROR); }))->start();").c_str(),
         "fatal");
}

// Only the newest exists, whatever the way in which reads fail, and although the request goes on.
EMBED_CASE(failing_reads_keep_nothing) {
    Publisher publisher(true);
    const auto fail_often = [](const std::string& autoloader, const std::string& read) {
        on_php_thread([&] {
            const std::string printed = request(std::string(kReader) + R"(
                $depth = 0;
                function fails() {
                    next_version();
                    try {
                        )" + read + R"(
                        embed_fail('did not fail');
                    } catch (LogicException) {
                    }
                }
                spl_autoload_register(function ($class) use (&$depth) { )" +
                                                autoloader + R"( });
                for ($i = 0; $i < 30; ++$i) {
                    fails();
                    if (embed_live() !== 1) embed_fail(embed_live() . " alive after $i reads that failed");
                }
                eval('enum Suit { case Hearts; case Spades; }');
                for ($i = 0; $i < 30; ++$i) $all[] = news();
                if (embed_live() !== 9) embed_fail(embed_live() . ' alive, not 8 shared ones and the newest');
                if (array_column($all, 'n') !== range($all[0]['n'], $all[0]['n'] + 29)) embed_fail('changed');
                echo 'whole';)");
            CHECK_EQUAL(printed, "whole");
        });
        check_one_left(read.c_str());
    };
    const std::string one = "BgWorkers\\get_vars('publisher');",
                      list = "BgWorkers\\get_vars(['publisher', 'publisher']);";
    const std::string in_fiber = "$fiber = new Fiber(fn () => BgWorkers\\get_vars('publisher')); $fiber->start(); ";
    const std::string nests = "if ($depth++ < 4) { fails(); fails(); } --$depth;";
    const std::string suspends = "if (Fiber::getCurrent()) Fiber::suspend();";
    for (const std::string& read : {one, list}) {
        fail_often("", read);
        fail_often("throw new LogicException;", read);
        fail_often(nests, read);
    }
    fail_often(suspends, in_fiber + "$fiber->resume();");
    fail_often(suspends, in_fiber + "next_version(); $fiber->throw(new LogicException);");
    fail_often(suspends, in_fiber + "next_version(); $fiber = null; throw new LogicException;");
    fail_often(suspends + "throw new LogicException;", in_fiber + "next_version(); " + one);
    fail_often(suspends + nests, in_fiber + "$other = new Fiber('fails'); $other->start(); $fiber->resume();");
}

// PHP frees the request's stream wrappers and filters after its modules have ended the request. Their names may be
// strings of a snapshot.
EMBED_CASE(tables_of_streams_outlive_the_request) {
    Publisher publisher(false);
    const std::string registers = std::string(kReader) + R"(
        class Wrapper { public $context; }
        class Filter extends php_user_filter {}
        function register() {
            // A name of the request's own makes the engine look at all names when it frees the table.
            foreach ([news()['name'], 'counted' . mt_rand(10, 99)] as $name) $registered[] = embed_register($name);
            news();
            news();
            echo array_product($registered);
        })";
    const char* const ways[] = {
        "function embed_register($name) { return stream_wrapper_register($name, Wrapper::class); } register();",
        "function embed_register($name) { return stream_filter_register($name, Filter::class); } register();"};
    for (const char* way : ways) {
        on_php_thread([&] {
            for (int i = 0; i < 3; ++i) {
                CHECK_EQUAL(request(registers + way), "1");
                CHECK(Snapshot::live_count() > 2);
                CHECK_EQUAL(request(std::string(kReader) +
                                    "if (embed_live() > 2) embed_fail(embed_live() . ' alive in the next request');"),
                            "");
                check_one_left(way);
            }
            CHECK_EQUAL(request(registers + way), "1");  // and the thread leaves
        });
        check_one_left(way);
    }
}

// The memory limit strikes at every allocation of a read in turn.
EMBED_CASE(memory_limit_at_every_allocation_of_a_read) {
    for (bool with_enums : {false, true}) {
        Publisher publisher(with_enums);
        const std::string start = std::string(kReader) + kEnum + "news();";
        const std::string reads = R"(
            for ($i = 0; $i < 10; ++$i) {
                $all[] = news();
                $all[] = BgWorkers\get_vars(['publisher', 'publisher']);
                try { $all[] = BgWorkers\get_vars('nobody'); } catch (RuntimeException $e) {}
            }
            echo 'whole';)";
        on_php_thread([&] {
            int reached = 0;
            for (long n = 1; n < 5000; n += n < 400 ? 1 : 37) {
                begin_request();
                run_code(start);
                arm_request_memory(n);
                run_code(reads);
                const bool limit = disarm_request_memory();
                end_request();
                reached += limit;
                const bool whole = take_output().find("whole") != std::string::npos;
                CHECK(limit != whole);
                CHECK(Snapshot::live_count() <= 2);
                if (!limit) {
                    break;
                }
            }
            CHECK(reached > 20);
            request(std::string(kReader) + kEnum + "news();");
        });
        check_one_left("memory limit");
    }
}
