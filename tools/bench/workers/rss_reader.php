<?php
// Looks at what the publisher of 1 MB snapshots publishes, about 2,000 times a second.

use function BgWorkers\{get_vars, set_vars, should_stop};

set_vars(['ready' => true]);
while (!isset(get_vars('rss')['samples']) && !should_stop()) {
    usleep(400);
}
should_stop(INF);
