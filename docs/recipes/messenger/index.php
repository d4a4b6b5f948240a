<?php
echo json_encode(BgWorkers\get_vars('visits')), "\n";
