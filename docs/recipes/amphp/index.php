<?php
echo BgWorkers\get_vars('ticks')['ticks'], "\n";
