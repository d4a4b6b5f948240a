<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace BgWorkers {

    /** A worker was not ready in time. The message tells what it did meanwhile. */
    class TimeoutException extends \RuntimeException
    {
    }

    /** A worker has given up: max_consecutive_failures runs in a row failed and it never published. */
    class WorkerException extends \RuntimeException
    {
    }

    /** A task failed. What its worker told stands here as data: no class of the worker's is ever instantiated. */
    class TaskException extends \RuntimeException
    {
        private ?string $errorClass = null;
        private ?string $errorFile = null;
        private ?int $errorLine = null;

        /** The class of the worker's exception, null if there was none. */
        public function getErrorClass(): ?string {}

        public function getErrorFile(): ?string {}

        public function getErrorLine(): ?int {}
    }

    /**
     * A task that was sent. Made by send_task().
     *
     * @template-covariant TResult of array<array-key, mixed> = array<array-key, mixed>
     *
     * @strict-properties
     * @not-serializable
     */
    final class Task
    {
        private function __construct() {}

        /**
         * Waits for the result; the same one, or the same error, again if it is asked again. Updates are thrown away.
         *
         * @param float $timeout seconds for this wait alone; 0 = do not wait, INF = as long as the task has
         *
         * @return array
         * @phpstan-return TResult
         *
         * @throws \BgWorkers\TimeoutException if the wait is over (the task goes on), or the time of the task
         * @throws \BgWorkers\TaskException    if it failed, was cancelled, or its worker's run ended
         * @throws \BgWorkers\WorkerException  if the worker has given up before it was received
         * @throws \RuntimeException           if waiting would close a circle, or this worker has to stop
         * @throws \ValueError                 for a negative or NAN timeout
         */
        public function await(float $timeout = INF): array {}

        /**
         * The next update, null once the task is finished. Throws as await() does.
         *
         * @phpstan-return array<array-key, mixed>|null
         */
        public function read(float $timeout = INF): ?array {}

        /** Takes it out of the queue; if it runs, isCancelled() turns true for its worker. */
        public function cancel(): void {}

        /**
         * A stream that is readable while there is an update to read(), or the end of the task: for stream_select() and
         * event loops. A new one at each call, closed by whoever has it. Its bytes mean nothing.
         *
         * @return resource
         */
        public function getStream() {}

        /** Has it ended, well or not? */
        public function isDone(): bool {}
    }

    /**
     * A task that a worker has received. Made by receive_task().
     *
     * @template-covariant TPayload of array<array-key, mixed> = array<array-key, mixed>
     *
     * @strict-properties
     * @not-serializable
     */
    final class ReceivedTask
    {
        /** @phpstan-var TPayload */
        public readonly array $payload;

        private function __construct() {}

        /**
         * Tells the sender something before the end. At most 16 updates wait unread; then this waits for the reader.
         *
         * @phpstan-param array<array-key, scalar|\UnitEnum|array<array-key, mixed>|null> $data
         *
         * @throws \LogicException if the task has ended
         */
        public function update(array $data): void {}

        /**
         * Ends the task with a result.
         *
         * @phpstan-param array<array-key, scalar|\UnitEnum|array<array-key, mixed>|null> $result
         *
         * @throws \LogicException   if it has ended
         * @throws \ValueError       as set_vars() does; it is still open then
         * @throws \RuntimeException if bgworkers.task_memory is used up; it is still open then
         */
        public function finish(array $result = []): void {}

        /**
         * Ends the task with an error: class, message, file and line reach the sender as a TaskException.
         *
         * @throws \LogicException if it has ended
         */
        public function fail(\Throwable|string $why): void {}

        /** Does nobody want its result any more, since it was cancelled or a time is over? */
        public function isCancelled(): bool {}
    }

    /**
     * Publishes a snapshot: what get_vars() returns from now on, in every request of the process, instead of the
     * snapshot before it. Publishing an array equal (===) to the present snapshot does nothing.
     *
     * May be called inside a run of a background worker only.
     *
     * @param array $vars null, bool, int, float, string, enum cases and arrays of those, at most 512 levels deep.
     *                    References are followed. The size limit is bgworkers.max_snapshot_size.
     * @phpstan-param array<array-key, scalar|\UnitEnum|array<array-key, mixed>|null> $vars
     *
     * @throws \RuntimeException outside a worker, or when out of memory
     * @throws \ValueError       if the array holds anything else, contains itself, is too deep or too large; readers
     *                           keep the snapshot they had
     */
    function set_vars(array $vars): void {}

    /**
     * The newest snapshot of a worker. Starts the worker if it is not running and waits until it has published once;
     * later calls return at once, without copying. May be called from anywhere: requests, scripts, other workers.
     *
     * @param string|array $name    one worker's name, or a list of names: 1 to 255 bytes without control characters
     *                              and without a leading "-"; not "*"
     * @param float        $timeout seconds to wait for workers that are not ready, shared by all names; 0 = do not
     *                              wait, INF = without limit. A ready worker never waits.
     * @phpstan-param string|array<array-key, string> $name
     *
     * @return array the snapshot; for a list of names an array of snapshots keyed by name, in the order given
     * @phpstan-return ($name is string ? array<array-key, mixed> : array<string, array<array-key, mixed>>)
     *
     * @throws \ValueError                 for a bad name, an empty list, a negative or NAN timeout
     * @throws \TypeError                  if an element of the list is not a string
     * @throws \RuntimeException           if a name is not declared, a limit is reached, the declarations are wrong,
     *                                     waiting would close a circle, or the process shuts down
     * @throws \BgWorkers\TimeoutException if a worker is not ready in time
     * @throws \BgWorkers\WorkerException  if a worker has given up and never published
     * @throws \LogicException             if the snapshot holds an enum case that this request does not know
     */
    function get_vars(string|array $name, float $timeout = 30.0): array {}

    /**
     * Hands work to a worker, which is started if need be. May be called from anywhere.
     *
     * @param string $worker  its name, as get_vars() takes it
     * @param array  $payload what set_vars() takes, up to the worker's max_task_size
     * @param float  $timeout seconds from now in which the result is wanted, waiting for room in the queue included;
     *                        INF = without limit
     * @phpstan-param array<array-key, scalar|\UnitEnum|array<array-key, mixed>|null> $payload
     *
     * @return Task<array<array-key, mixed>>
     *
     * @throws \ValueError                 for a bad name or timeout, or what a payload cannot hold
     * @throws \RuntimeException           as get_vars(); for a job; after a fork; while the process shuts down
     * @throws \BgWorkers\TimeoutException if there was no room in the queue
     * @throws \BgWorkers\WorkerException  if the worker has given up
     */
    function send_task(string $worker, array $payload = [], float $timeout = 30.0): Task {}

    /**
     * Hands work to a worker; nobody waits for it. Throws as send_task() does.
     *
     * @param float $timeout seconds to wait for room in the queue
     * @phpstan-param array<array-key, scalar|\UnitEnum|array<array-key, mixed>|null> $payload
     */
    function post_task(string $worker, array $payload = [], float $timeout = 1.0): void {}

    /**
     * The results of all of them, under the keys given. Throws for the first in the order given that has not gone well,
     * with its key in the message; the others go on.
     *
     * @template TKey of array-key
     * @template TResult of array<array-key, mixed>
     * @param float $timeout seconds for all of them together
     * @phpstan-param array<TKey, Task<TResult>> $tasks
     * @phpstan-return array<TKey, TResult>
     *
     * @throws \TypeError if something else is among them
     */
    function await_tasks(array $tasks, float $timeout = INF): array {}

    /**
     * The next task of this worker; null when it has to stop, or the time is over.
     *
     * May be called inside a run of a background worker only.
     *
     * @param float $timeout seconds to wait for one; 0 = only look
     *
     * @phpstan-return ReceivedTask<array<array-key, mixed>>|null
     *
     * @throws \RuntimeException outside a worker
     * @throws \LogicException   if `concurrency` (more than 1) tasks are open; if the payload holds an enum case that
     *                           this worker does not know (the task has failed then)
     * @throws \ValueError       for a negative or NAN timeout
     */
    function receive_task(float $timeout = INF): ?ReceivedTask {}

    /**
     * A stream that is readable while a task waits for this instance: for event loops, which then call receive_task(0).
     * That may be null all the same. While `concurrency` tasks are open it is not readable. A new one at each call, closed
     * by whoever has it. Its bytes mean nothing.
     *
     * May be called inside a run of a background worker only.
     *
     * @return resource
     *
     * @throws \RuntimeException outside a worker, or when no descriptor is left
     */
    function get_task_handle() {}

    /**
     * A stream that becomes readable, and is at its end, when the worker has to stop. For stream_select() and event
     * loops; the same stream for the whole run, or a fresh one after the script has closed it.
     *
     * May be called inside a run of a background worker only.
     *
     * @return resource
     *
     * @throws \RuntimeException outside a worker, or when no descriptor is left
     */
    function get_worker_handle() {}

    /**
     * Waits until the worker has to stop, at most $timeout seconds. For workers that do something now and then:
     * `while (!should_stop(5.0)) { ... }`. Works with any number of open descriptors.
     *
     * May be called inside a run of a background worker only.
     *
     * @param float $timeout seconds; 0 = only ask, INF = without limit
     *
     * @return bool true once the worker has to stop, and for ever after in this run
     *
     * @throws \RuntimeException outside a worker
     * @throws \ValueError       for a negative or NAN timeout
     */
    function should_stop(float $timeout = 0.0): bool {}

    /**
     * Asks for a new run of a worker of the caller's scope, in this process, and returns without waiting for it. The
     * present run has to stop, and has its grace, as for a change of a watched file; readers keep the last snapshot. A
     * worker that has given up, and a job that waits for its time, run again, as soon as the pace of bad runs allows.
     *
     * May be called from anywhere, but not by the worker itself.
     *
     * @param string $name one worker's name, as get_vars() takes it
     *
     * @return bool false if nobody has asked for this worker yet in this process: it has no run, and gets none
     *
     * @throws \ValueError       for a bad name
     * @throws \RuntimeException if the name is not declared, and not one that [*] has started; if it is the caller's own;
     *                           if the workers file is wrong; after a fork; while the process shuts down
     */
    function restart(string $name): bool {}

    /**
     * The workers of the caller's scope, keyed by name; no published values. May be called from anywhere.
     *
     * Of each: state ("idle", "starting", "running", "backoff", "waiting", "stopping", "failed", "stuck" or "hung"), since
     * (?float, unix time when it came into that state), ready (bool), instances, runs, crashes, consecutive_failures (int),
     * last_exit_status (?int), last_error (?string), version (int, 0 = nothing published), bytes (int), pinned_bytes (int),
     * published_at (?float, unix time), age (?float, seconds), looked_at (?float, unix time of the last set_vars()),
     * next_run (?float, unix time, of a job that waits), queued (int, tasks), oldest_queued (?float, seconds), busy (int,
     * instances with an open task), tasks (sent, running, and how many ended in each way), shared (bool, one for all
     * processes of the server), leader (?int, the process that runs it), took_over (int, how often another one did),
     * log_error (?string, why the log cannot be written), edited_file (?string, a workers file that was edited since).
     *
     * @param bool $all of all processes of the server that have the caller's user and scope, keyed by process id and then
     *                  by name. Each also has resident_bytes (?int, of the process) and told_at (float, unix time: it was
     *                  so then; now, in the caller's process). log_error and edited_file of other processes are null.
     *                  Where processes cannot tell each other, the caller's process alone.
     *
     * @return array<array-key, array<string, mixed>>
     * @phpstan-return ($all is true
     *     ? array<int, array<string, array{state: 'idle'|'starting'|'running'|'backoff'|'waiting'|'stopping'|'failed'|'stuck'|'hung',
     *     since: float|null, ready: bool, instances: int, runs: int, crashes: int, consecutive_failures: int,
     *     last_exit_status: int|null, last_error: string|null, version: int, bytes: int, pinned_bytes: int,
     *     published_at: float|null, age: float|null, looked_at: float|null, next_run: float|null, queued: int,
     *     oldest_queued: float|null, busy: int, tasks: array{sent: int, running: int, done: int, failed: int, aborted: int,
     *     cancelled: int, expired: int, dropped: int, rejected: int}, shared: bool, leader: int|null, took_over: int,
     *     log_error: string|null, edited_file: string|null, resident_bytes: int|null, told_at: float}>>
     *     : array<string, array{state: 'idle'|'starting'|'running'|'backoff'|'waiting'|'stopping'|'failed'|'stuck'|'hung',
     *     since: float|null, ready: bool, instances: int, runs: int, crashes: int, consecutive_failures: int,
     *     last_exit_status: int|null, last_error: string|null, version: int, bytes: int, pinned_bytes: int,
     *     published_at: float|null, age: float|null, looked_at: float|null, next_run: float|null, queued: int,
     *     oldest_queued: float|null, busy: int, tasks: array{sent: int, running: int, done: int, failed: int, aborted: int,
     *     cancelled: int, expired: int, dropped: int, rejected: int}, shared: bool, leader: int|null, took_over: int,
     *     log_error: string|null, edited_file: string|null}>)
     *
     * @throws \RuntimeException if the workers file is wrong
     */
    function status(bool $all = false): array {}

    /**
     * The workers of the caller's scope in the OpenMetrics text format, for a page that Prometheus reads; no published
     * values. May be called from anywhere.
     *
     * @param bool $all of all processes that status() tells of, not of the caller's alone
     *
     * @return string to be served as "application/openmetrics-text; version=1.0.0; charset=utf-8"
     *
     * @throws \RuntimeException if the workers file is wrong
     */
    function metrics(bool $all = false): string {}
}
