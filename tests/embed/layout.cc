// What lies in a snapshot's block leads nowhere else: the same bytes serve every process that has them at the same
// address, whatever engine looks at them.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <vector>

#include "engine.h"
#include "support.h"
#include "zend/values/array_layout.h"
#include "zend/values/relocate.h"
#include "zend/values/snapshot_writer.h"

using namespace embed;
using namespace bgworkers;

namespace {

const char* const kValues = R"(
enum Suit: string { case Hearts = 'h'; case Spades = 's'; const Red = self::Hearts; }
function noted($value) { return $value; }
$text = str_repeat('text', 3);
$list = [$text, $text, 'x', 'x', '', "\0", "\xff", []];
// Words of values that need none: what the variable held before must not come along.
$was = [str_repeat('a', 40), str_repeat('b', 40), ''];
settype($was[0], 'null');
settype($was[1], 'bool');
settype($was[2], 'bool');
$values = ['' => 1, 'x' => [], 7 => -1, 'list' => $list, 'again' => [$list, $list, 'list' => &$list], 'was' => $was,
    'pi' => 3.14, 'none' => null, 'yes' => true, 'enums' => [Suit::Hearts, ['of' => Suit::Spades, Suit::Red]],
    'holes' => array_filter(['a', '', 'c', null, 'e']), 'empty' => [[], [], '', ''], 'name' => Suit::class];
unset($values['yes']);
$empty = [];
$string = ['x'];
$case = [Suit::Hearts];
)";

const WriteTerms kTerms = {"$vars", "publish", "a snapshot", "a limit", 0};

const zend_array* variable(const char* name) {
    zval* found = zend_hash_str_find_deref(&EG(symbol_table), name, strlen(name));
    if (found != nullptr && Z_TYPE_P(found) == IS_INDIRECT) {
        found = Z_INDIRECT_P(found);
    }
    CHECK(found != nullptr && Z_TYPE_P(found) == IS_ARRAY);
    return Z_ARR_P(found);
}

using Words = std::vector<uintptr_t>;

Words write_to_words(const zend_array* array) {
    Words words;
    bool has_references;
    const Status written = write_snapshot(
        array, kTerms,
        [&](size_t bytes) -> Result<void*> {
            words.resize(bytes / sizeof(uintptr_t));
            return static_cast<void*>(words.data());
        },
        &has_references);
    CHECK_EQUAL(written.message(), "");
    return words;
}

// Does this process have memory there?
bool is_mapped(uintptr_t address) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        uintptr_t begin, end;
        char dash;
        if (std::istringstream(line) >> std::hex >> begin >> dash >> end && address >= begin && address < end) {
            return true;
        }
    }
    return false;
}

// Runs in a child; true if it was aborted there.
bool aborts(const std::function<void()>& body) {
    const pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

void in_request(const std::function<void()>& body) {
    Engine engine("log_errors=0\ndisplay_errors=1\n");
    on_php_thread([&] {
        begin_request();
        CHECK(run_code(kValues));
        body();
        end_request();
        CHECK_EQUAL(take_output(), "");
    });
}

}  // namespace

// Written at two places, two blocks differ by the distance alone, where they lead to themselves. No other word is an
// address of anything in this process.
EMBED_CASE(a_block_leads_nowhere_but_into_itself) {
    in_request([] {
        for (const char* name : {"values", "empty", "string", "case"}) {
            const Words here = write_to_words(variable(name)), there = write_to_words(variable(name));
            CHECK_EQUAL(here.size(), there.size());
            const auto first = reinterpret_cast<uintptr_t>(here.data());
            const uintptr_t distance = reinterpret_cast<uintptr_t>(there.data()) - first;
            const size_t bytes = here.size() * sizeof(uintptr_t);
            size_t inside = 0;
            for (size_t i = 0; i < here.size(); ++i) {
                const std::string where = std::string(name) + ", word " + std::to_string(i);
                if (there[i] == here[i] + distance) {
                    ++inside;
                    if (here[i] < first || here[i] > first + bytes) {  // the elements of [] begin behind its last byte
                        fail(__FILE__, __LINE__, "an address outside: " + where);
                    }
                } else if (there[i] != here[i]) {
                    fail(__FILE__, __LINE__, "neither data nor an address: " + where);
                } else if (is_mapped(here[i])) {
                    fail(__FILE__, __LINE__, "an address of the process: " + where);
                }
            }
            CHECK(inside >= 2);  // the outermost array and its elements
        }
    });
}

// Copied and relocated, a block is what the writer would have written there.
EMBED_CASE(a_copy_leads_into_itself) {
    in_request([] {
        for (const char* name : {"values", "empty", "string", "case"}) {
            const Words here = write_to_words(variable(name)), written = write_to_words(variable(name));
            Words copy = here;
            const size_t bytes = here.size() * sizeof(uintptr_t);
            CHECK(relocate_block(copy.data(), bytes, here.data()));
            const auto distance_of = [&](const Words& other) {
                return reinterpret_cast<uintptr_t>(other.data()) - reinterpret_cast<uintptr_t>(here.data());
            };
            for (size_t i = 0; i < here.size(); ++i) {
                const bool is_address = written[i] != here[i];
                CHECK_EQUAL(copy[i], is_address ? here[i] + distance_of(copy) : here[i]);
            }
            // Any address that leads out is found, and nothing there is touched.
            for (size_t i = 0; i < here.size(); ++i) {
                if (written[i] != here[i]) {
                    Words spoilt = here;
                    spoilt[i] = 8;
                    CHECK(!relocate_block(spoilt.data(), bytes, here.data()));
                }
            }
        }
    });
}

EMBED_CASE(what_occurs_often_is_stored_once) {
    in_request([] {
        CHECK(run_code(
            "$many = array_fill(0, 1000, 'x'); $chars = str_split(str_repeat(implode('', range('a', 'z')), 9));"
            "$nothing = array_fill(0, 1000, []); $blank = array_fill(0, 1000, '');"));
        const size_t elements = 1000 * sizeof(zval);
        for (const char* name : {"many", "nothing", "blank"}) {
            CHECK(write_to_words(variable(name)).size() * sizeof(uintptr_t) < elements + 300);
        }
        CHECK(write_to_words(variable("chars")).size() * sizeof(uintptr_t) < 9 * 26 * sizeof(zval) + 26 * 32 + 300);
    });
}

// The check that every snapshot of a debug build goes through.
EMBED_CASE(the_layout_check_finds_every_way_out) {
    in_request([] {
        const auto spoilt = [](const char* name, const std::function<void(SnapshotHead*)>& spoil) {
            return aborts([&] {
                Words words = write_to_words(variable(name));
                spoil(reinterpret_cast<SnapshotHead*>(words.data()));
                check_layout(words.data(), words.size() * sizeof(uintptr_t));
            });
        };
        const auto element = [](SnapshotHead* head, const char* key) {
            return zend_hash_str_find(head->array, key, strlen(key));
        };
        CHECK(!spoilt("values", [](SnapshotHead*) {}));
        CHECK(spoilt("empty", [](SnapshotHead* head) { head->array = const_cast<zend_array*>(&zend_empty_array); }));
        CHECK(spoilt("empty", [](SnapshotHead* head) { head->array->pDestructor = ZVAL_PTR_DTOR; }));
        CHECK(spoilt("empty", [](SnapshotHead* head) { head->array->arData = zend_empty_array.arData; }));
        CHECK(spoilt("values", [](SnapshotHead* head) { head->array->pDestructor = ZVAL_PTR_DTOR; }));
        CHECK(spoilt("string", [](SnapshotHead* head) { Z_STR(head->array->arPacked[0]) = ZSTR_CHAR('x'); }));
        CHECK(spoilt("values", [](SnapshotHead* head) { head->array->arData[0].key = ZSTR_EMPTY_ALLOC(); }));
        CHECK(spoilt("values", [&](SnapshotHead* head) {
            Z_ARR_P(element(head, "x")) = const_cast<zend_array*>(&zend_empty_array);
        }));
        CHECK(spoilt("values", [&](SnapshotHead* head) { Z_PTR_P(element(head, "none")) = head; }));
        CHECK(spoilt("case", [](SnapshotHead* head) { head->enums[0]->class_name = ZSTR_KNOWN(ZEND_STR_FILE); }));
        CHECK(spoilt("case", [](SnapshotHead* head) { head->enums[0]->index = 1; }));
        CHECK(spoilt("case", [](SnapshotHead* head) {
            static EnumName elsewhere;
            elsewhere = *head->enums[0];
            head->enums[0] = &elsewhere;
        }));
    });
}
