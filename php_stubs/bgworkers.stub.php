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
     * The workers of the caller's scope, keyed by name; no published values. May be called from anywhere.
     *
     * Of each: state ("idle", "starting", "running", "backoff", "waiting", "stopping", "failed" or "stuck"), ready (bool),
     * instances, runs, crashes, consecutive_failures (int), last_exit_status (?int), last_error (?string), version
     * (int, 0 = nothing published), bytes (int), pinned_bytes (int), published_at (?float, unix time), age (?float, seconds),
     * next_run (?float, unix time, of a job that waits).
     *
     * @return array<string, array{state: 'idle'|'starting'|'running'|'backoff'|'waiting'|'stopping'|'failed'|'stuck',
     *     ready: bool, instances: int, runs: int, crashes: int, consecutive_failures: int, last_exit_status: int|null,
     *     last_error: string|null, version: int, bytes: int, pinned_bytes: int, published_at: float|null, age: float|null,
     *     next_run: float|null}>
     *
     * @throws \RuntimeException if the workers file is wrong
     */
    function status(): array {}

    /**
     * The workers of the caller's scope in the OpenMetrics text format, for a page that Prometheus reads; no published
     * values. Of the process that answers. May be called from anywhere.
     *
     * @return string to be served as "application/openmetrics-text; version=1.0.0; charset=utf-8"
     *
     * @throws \RuntimeException if the workers file is wrong
     */
    function metrics(): string {}
}
