<?php
// Blocks of pages that are neither run nor read by a test: the first line of each (60 characters, without a
// comment), and why.

return [
    'README.md' => [
        './dev demo' => 'builds a PHP; ./dev itself is what runs this test',
    ],
    'docs/commands.md' => [
        '; supervisord.conf' => "supervisord's own, beside the workers file that takes its place",
        '# crontab' => "cron's own, beside the jobs that take its place",
    ],
    'docs/getting-started.md' => [
        "Warning: PHP Startup: Unable to load dynamic library 'bgwork"
            => 'needs a PHP that is not thread-safe, which there is none of here',
    ],
    'docs/hosts/apache.md' => [
        '<VirtualHost *:80>' => 'tests/hosts/apache has virtual hosts of its own',
    ],
    'docs/hosts/php-node.md' => [
        'export PHPRC=/srv/app/ini' => 'tests/hosts/php-node starts a server of its own, with --all',
    ],
    'docs/monitoring/README.md' => [
        '$ export BGWORKERS_FPM=/run/php/php-fpm.sock' => 'tests/hosts/php-fpm has the command, beside many children',
        'scrape_configs:' => "Prometheus's own; promtool reads the alerts, a parser the metrics",
    ],
    'docs/production.md' => [
        '# compose.yaml' => 'there is no Docker here',
        '# of a Pod; the kubelet sends the image\'s STOPSIGNAL' => 'there is no Kubernetes here',
        'bgworkers check /srv/app/workers.ini && systemctl reload php'
            => 'systemd is not process 1 here; tests/hosts/php-fpm reloads',
        'shutdown_grace (5 s)  <  process_control_timeout (10 s)  <'
            => 'a picture; tests/hosts/php-fpm stops with and without these times',
    ],
    'docs/troubleshooting.md' => [
        'bgworkers check /srv/app/workers.ini' => 'asks a server that runs; tests/hosts/php-fpm does',
    ],
];
