--TEST--
The settings, their defaults and that no script can change them
--EXTENSIONS--
bgworkers
--INI--
bgworkers.config={TMP}/bgworkers-phpt/config-ini_settings/workers.ini
bgworkers.log_level=
--FILE--
<?php
require __DIR__ . '/../helpers.inc';
foreach (ini_get_all('bgworkers') as $name => $setting) {
    if ($name !== 'bgworkers.config') {
        echo str_pad($name, 30), var_export($setting['global_value'], true), ' ', $setting['access'] === INI_SYSTEM ? 'system' : '?', "\n";
    }
}
var_dump(ini_set('bgworkers.config', '/tmp/x'), ini_set('bgworkers.max_threads', '1'));
?>
--EXPECT--
bgworkers.cli_autostart       '0' system
bgworkers.entrypoint          '' system
bgworkers.frankenphp_aliases  '0' system
bgworkers.log_format          'text' system
bgworkers.log_level           'notice' system
bgworkers.max_snapshot_size   '64M' system
bgworkers.max_threads         '64' system
bgworkers.scope               '' system
bgworkers.shared_memory       '256M' system
bgworkers.shutdown_grace      '5' system
bgworkers.stuck_limit         '60' system
bgworkers.task_memory         '128M' system
bool(false)
bool(false)
