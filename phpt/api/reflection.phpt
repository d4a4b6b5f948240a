--TEST--
Reflection knows names, types and defaults of all parameters
--EXTENSIONS--
bgworkers
--FILE--
<?php
foreach ((new ReflectionExtension('bgworkers'))->getFunctions() as $function) {
    $parameters = array_map(fn($parameter) => $parameter->getType() . ' $' . $parameter->getName()
        . ($parameter->isOptional() ? ' = ' . var_export($parameter->getDefaultValue(), true) : ''), $function->getParameters());
    echo $function->getName(), '(', implode(', ', $parameters), '): ', $function->getReturnType() ?? 'not declared', "\n";
}
foreach (['TimeoutException', 'WorkerException', 'TaskException'] as $class) {
    echo $class, ' extends ', get_parent_class("BgWorkers\\$class"), "\n";
}
?>
--EXPECT--
BgWorkers\set_vars(array $vars): void
BgWorkers\get_vars(array|string $name, float $timeout = 30.0): array
BgWorkers\send_task(string $worker, array $payload = array (
), float $timeout = 30.0): BgWorkers\Task
BgWorkers\post_task(string $worker, array $payload = array (
), float $timeout = 1.0): void
BgWorkers\await_tasks(array $tasks, float $timeout = INF): array
BgWorkers\receive_task(float $timeout = INF): ?BgWorkers\ReceivedTask
BgWorkers\get_task_handle(): not declared
BgWorkers\get_worker_handle(): not declared
BgWorkers\should_stop(float $timeout = 0.0): bool
BgWorkers\restart(string $name): bool
BgWorkers\status(bool $all = false): array
BgWorkers\metrics(bool $all = false): string
TimeoutException extends RuntimeException
WorkerException extends RuntimeException
TaskException extends RuntimeException
