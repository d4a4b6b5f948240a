// Many request threads read what one worker publishes as fast as it can: whole, never back in time, nothing left
// behind.
#include <memory>

#include "core/publish/snapshot.h"
#include "engine.h"
#include "inside.h"
#include "support.h"

using namespace embed;
using bgworkers::Snapshot;

namespace {

const char* const kPublisher = R"(<?php
for ($n = 1; !BgWorkers\should_stop(); ++$n) {
    $list = array_fill(0, $n % 300 + 1, "number $n");
    BgWorkers\set_vars(['n' => $n, 'list' => $list, 'same' => [$list, ['n' => $n]], 'sum' => $n * count($list)]);
    embed_counter(0, $n);
}
)";

const char* const kReader = R"(
$last = 0;
for ($i = 0; $i < 200; ++$i) {
    $vars = BgWorkers\get_vars('publisher');
    $n = $vars['n'];
    if ($n < $last) embed_fail("$n after $last");
    if ($vars['sum'] !== $n * count($vars['list'])) embed_fail("torn: $n");
    if ($vars['list'][count($vars['list']) - 1] !== "number $n" || $vars['same'][1]['n'] !== $n) embed_fail("mixed: $n");
    if ($vars['same'][0] !== $vars['list']) embed_fail("shared part differs: $n");
    $vars['list'][] = 'mine';
    $kept[$i % 20] = $vars;
    $last = $n;
}
echo $last > 0 ? 'read' : 'nothing';
)";

}  // namespace

EMBED_CASE(many_readers_and_a_publisher) {
    set_functions(inside_functions());
    write_script("publisher.php", kPublisher);
    {
        Engine engine("bgworkers.log_level=error\n" + workers("[publisher]\nscript = publisher.php\nnum = 1\n"),
                      extension());
        std::vector<std::unique_ptr<PhpThread>> readers;
        for (int i = 0; i < 6; ++i) {
            readers.push_back(std::make_unique<PhpThread>([] {
                const long until = counter[0] + 20000;
                for (int requests = 0; requests < 20 || (counter[0] < until && requests < 5000); ++requests) {
                    CHECK_EQUAL(request(kReader), "read");
                }
            }));
        }
        for (auto& reader : readers) {
            reader->join();
        }
        // The slot's, and at most one that the publisher is just writing or putting away.
        CHECK(Snapshot::live_count() <= 3);
        CHECK(counter[0] > 100);
    }
    CHECK_EQUAL(Snapshot::live_count(), uint64_t{0});
    CHECK_EQUAL(stray_callbacks(), "");
}
