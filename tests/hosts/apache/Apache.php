<?php

require_once __DIR__ . '/../common_suite.php';

/** A server of our own: nothing of the system's configuration is read. */
class Apache extends WebHost
{
    /** @param list<string> $lines  of the configuration; later ones win */
    public function __construct(Scratch $scratch, array $lines, array $settings = [], private ?string $extension = null, string $mpm = 'event')
    {
        parent::__construct($scratch);
        $modules = dirname(self::module("mpm_$mpm"));
        chmod($scratch->dir, 0777);
        $settings += ['log_errors' => '1', 'display_errors' => '0'];
        $ini = ($extension ?? 'extension = ' . (getenv('APACHE_EXTENSION') ?: getenv('EXTENSION'))) . "\n";
        foreach ($settings as $name => $value) {
            $ini .= "$name = \"$value\"\n";
        }
        mkdir($scratch->file('ini'));
        $scratch->file('ini/php.ini', $ini);
        $scratch->file('httpd.conf', implode("\n", [
            "ServerRoot $scratch->dir", "PidFile $scratch->dir/httpd.pid", "Listen $this->address", 'ServerName localhost',
            "LoadModule mpm_{$mpm}_module $modules/mod_mpm_$mpm.so", "LoadModule authz_core_module $modules/mod_authz_core.so",
            "LoadModule mime_module $modules/mod_mime.so", 'LoadModule php_module ' . getenv('MOD_PHP'), "PHPIniDir $scratch->dir/ini",
            "ErrorLog $scratch->dir/error.log", "DefaultRuntimeDir $scratch->dir", "Mutex file:$scratch->dir", 'TypesConfig /dev/null', 'User nobody', 'Group nogroup',
            'StartServers 1', 'ServerLimit 4', 'ThreadsPerChild 16', 'ThreadLimit 16', 'MaxRequestWorkers 64', 'MinSpareThreads 1', 'MaxSpareThreads 64',
            'ListenBackLog 511', 'GracefulShutdownTimeout 10', "DocumentRoot $scratch->dir", "<Directory $scratch->dir>", 'Require all granted', '</Directory>',
            '<FilesMatch \.php$>', 'SetHandler application/x-httpd-php', '</FilesMatch>', ...$lines,
        ]) . "\n");
        $this->process = $scratch->start([getenv('APACHE'), '-f', "$scratch->dir/httpd.conf", '-D', 'FOREGROUND'], 'apache.out',
            ['PATH' => getenv('PATH'), 'HOME' => '/'] + array_filter(['ASAN_OPTIONS' => getenv('ASAN_OPTIONS')]));
        await('start of Apache', fn () => preg_match('/AH00489|AH00292/', $scratch->read('error.log')) || !$this->process->runs());
    }

    public static function with(Scratch $scratch, array $workers, array $settings = [], array $lines = [], string $mpm = 'event'): self
    {
        return new self($scratch, $lines, $settings + ['bgworkers.config' => $scratch->workers($workers)], mpm: $mpm);
    }

    private static function module(string $name): string
    {
        foreach (['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/libexec/apache2'] as $folder) {
            if (is_file("$folder/mod_$name.so")) {
                return "$folder/mod_$name.so";
            }
        }
        throw new Exception("Apache's mod_$name.so is nowhere");
    }

    /** A signal that ends children at once: SIGTERM, or SIGHUP. */
    public function signal_hard(int $signal): void
    {
        // A child of Apache 2.4 that is told to end while its threads put their last connections away may crash in
        // mpm_event's join_workers(): 24 of 60 stops without bgworkers, none after this pause.
        usleep(200000);
        $this->process->signal($signal);
    }

    public function stop(int $signal = SIGTERM): int|string
    {
        if ($this->process->runs()) {
            $this->signal_hard($signal);
        }
        return $this->process->wait(30);
    }

    public function log(): string
    {
        return $this->scratch->read('error.log') . $this->scratch->read('apache.out');
    }

    public function ordinary_lines(): string
    {
        // AH03092: a stop by SIGTERM closes connections under the threads that are about to wait for their end.
        return 'AH03092|AH00489|AH00094|AH00491|AH00492|AH00493|AH00494|AH00051|AH00292|AH10392|AH00484|AH00286|AH00295';
    }
}
