#include "core/workers/declared_files.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>

namespace bgworkers {

namespace fs = std::filesystem;

namespace {

// As many as the system follows.
constexpr int kMostLinks = 40;

}  // namespace

Result<std::vector<std::string>> files_of(const std::string& path) {
    std::error_code error;
    // Also if nothing is there: whoever opens it can say why.
    if (!fs::is_directory(path, error)) {
        return std::vector<std::string>{path};
    }
    std::vector<std::string> files;
    for (fs::directory_iterator each(path, error), end; !error && each != end; each.increment(error)) {
        const std::string name = each->path().filename().string();
        if (name.size() > 4 && name.front() != '.' && name.ends_with(".ini")) {
            files.push_back((fs::path(path) / name).string());
        }
    }
    if (error) {
        return Status::runtime(path + ": cannot be read: " + error.message());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string base_of(const std::string& file) {
    fs::path path(file);
    std::error_code error;
    for (int links = 0; links < kMostLinks && fs::is_symlink(path, error); ++links) {
        const fs::path target = fs::read_symlink(path, error);
        if (error) {
            break;
        }
        path = path.parent_path() / target;  // an absolute target stands for itself
    }
    return path.parent_path().string();
}

void DeclaredFiles::begin_reading(const std::string& file) {
    Stamp stamp;
    stamp.path = file;
    std::error_code error;
    // Of before the reading, so that an edit in between is found to be one. Size and hash are of what was read.
    stamp.written = fs::last_write_time(file, error);
    stamps_.push_back(std::move(stamp));
}

void DeclaredFiles::has_read(std::string_view text) noexcept {
    stamps_.back().size = text.size();
    stamps_.back().hash = std::hash<std::string_view>()(text);
}

bool DeclaredFiles::is_as_read(const Stamp& stamp) {
    std::error_code error;
    if (!fs::is_regular_file(stamp.path, error) || fs::file_size(stamp.path, error) != stamp.size || error) {
        return false;
    }
    if (fs::last_write_time(stamp.path, error) == stamp.written && !error) {
        return true;
    }
    // A deploy may write the same text again: the time alone says nothing.
    std::ifstream file(stamp.path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return std::hash<std::string_view>()(text) == stamp.hash && text.size() == stamp.size;
}

std::string DeclaredFiles::edited() const {
    if (path_.empty()) {
        return {};
    }
    const Result<std::vector<std::string>> listed = files_of(path_);
    // A directory that was readable, and is not any more, has been changed.
    if (!listed.ok()) {
        return path_;
    }
    const std::vector<std::string>& now = listed.value();
    for (size_t i = 0; i < std::max(now.size(), stamps_.size()); ++i) {
        if (i == now.size() || i == stamps_.size()) {
            return i == now.size() ? stamps_[i].path : now[i];
        }
        if (now[i] != stamps_[i].path) {
            return std::min(now[i], stamps_[i].path);  // both are sorted: it is in one of them alone
        }
        if (!is_as_read(stamps_[i])) {
            return now[i];
        }
    }
    return {};
}

}  // namespace bgworkers
