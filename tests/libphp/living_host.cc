// A host that outlives PHP: it starts the engine, serves, ends the engine, and goes on as a process of its own.
//
// usage: living_host PHP.INI FOLDER. It waits for files in the folder: for `end` while PHP runs, then for `begin`,
// after which PHP starts again, or `leave`. It says each step on stdout.
#include <stdio.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine.h"

namespace {

// Takes the first of these files that is there away.
std::string wait_for(const std::string& folder, std::initializer_list<const char*> names) {
    for (;;) {
        for (const char* name : names) {
            if (std::filesystem::remove(folder + "/" + name)) {
                return name;
            }
        }
        usleep(1000);
    }
}

long threads() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return 2;
    }
    setvbuf(stdout, nullptr, _IOLBF, 0);
    std::ifstream file(argv[1]);
    const std::string ini((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    do {
        {
            embed::Engine engine(ini);
            std::string answer;
            embed::on_php_thread([&] { answer = embed::request("echo 'ok';"); });
            printf("serves: %s\n", answer.c_str());
            wait_for(argv[2], {"end"});
        }
        const std::string strays = embed::stray_callbacks();
        printf("lives on: threads=%ld strays=%s\n", threads(), strays.empty() ? "none" : strays.c_str());
    } while (wait_for(argv[2], {"begin", "leave"}) == "begin");
    return 0;
}
