// Outcome of a core operation: success, or what went wrong and how to say it.
//
// The core throws nothing across its borders. zend/ turns a Status into the PHP exception that its kind stands for.
#pragma once

#include <string>
#include <utility>

namespace bgworkers {

enum class ErrorKind {
    none,
    runtime,  // RuntimeException: the environment or the configuration does not allow it
    value,    // ValueError: an argument is out of its range
    timeout,  // BgWorkers\TimeoutException: not ready in time
    worker,   // BgWorkers\WorkerException: the worker has given up
};

class [[nodiscard]] Status {
public:
    Status() = default;
    static Status error(ErrorKind kind, std::string message) { return Status(kind, std::move(message)); }
    static Status runtime(std::string message) { return Status(ErrorKind::runtime, std::move(message)); }

    bool ok() const noexcept { return kind_ == ErrorKind::none; }
    ErrorKind kind() const noexcept { return kind_; }
    const std::string& message() const noexcept { return message_; }

private:
    Status(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

    ErrorKind kind_ = ErrorKind::none;
    std::string message_;
};

// A value, or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit on purpose
    Result(Status status) : status_(std::move(status)) {}  // NOLINT: implicit on purpose

    bool ok() const noexcept { return status_.ok(); }
    const Status& status() const noexcept { return status_; }
    T& value() noexcept { return value_; }
    const T& value() const noexcept { return value_; }

private:
    T value_{};
    Status status_;
};

}  // namespace bgworkers
