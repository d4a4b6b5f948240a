<?php

require_once __DIR__ . '/../common_suite.php';

/** nginx before a pool of eight children. */
class FpmBehindNginx extends WebHost
{
    private Fpm $fpm;
    private Process $nginx;

    public function __construct(Scratch $scratch, array $workers, array $settings)
    {
        parent::__construct($scratch);
        $options = [];
        foreach ($settings as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        $this->fpm = new Fpm($scratch, ['pm.max_children = 8', 'listen.mode = 0666', 'php_admin_value[bgworkers.config] = ' . $scratch->workers($workers)],
            options: $options);
        $this->process = $this->fpm->process;
        $scratch->file('nginx.conf', implode("\n", [
            'daemon off;', 'worker_processes 1;', "pid $scratch->dir/nginx.pid;", "error_log $scratch->dir/nginx-errors.txt;",
            ...(posix_getuid() === 0 ? ['user root;'] : []), 'events { worker_connections 1024; }', 'http {', 'access_log off;',
            ...array_map(fn ($what) => "{$what}_temp_path $scratch->dir;", ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']),
            "server { listen $this->address backlog=511; root $scratch->dir;", 'location ~ \.php$ {', "fastcgi_pass unix:$scratch->dir/www.sock;",
            'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;', 'fastcgi_param REQUEST_URI $request_uri;',
            'fastcgi_param QUERY_STRING $query_string;', 'fastcgi_param REQUEST_METHOD $request_method;', 'fastcgi_param HTTP_HOST $host;', '} } }',
        ]) . "\n");
        $this->nginx = $scratch->start([getenv('NGINX_PROGRAM'), '-p', $scratch->dir, '-c', 'nginx.conf', '-e', 'nginx-errors.txt'], 'nginx.out');
        $this->await_answer();
    }

    public function stop(): int|string
    {
        if ($this->process->runs()) {
            $this->fpm->quit();
            $this->nginx->signal(SIGTERM);
            expect_same(0, $this->nginx->wait(), 'exit code of nginx');
            expect_same(['exited with code 0' => 8], $this->fpm->ends(), 'ends of children');
        }
        return $this->process->wait();
    }

    public function log(): string
    {
        return implode(array_map($this->scratch->read(...), ['php.log', 'fpm.log', 'fpm.out', 'nginx.out']));
    }

    public function ordinary_lines(): string
    {
        return 'DEBUG: |NOTICE: .*(fpm is running|ready to handle|Finishing|exiting, bye)';
    }
}
