<?php
// The page that Prometheus reads. Let nobody else ask: it names your workers.

header('Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8');
echo BgWorkers\metrics(all: true);
