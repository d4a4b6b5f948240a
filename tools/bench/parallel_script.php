<?php
// What a new runtime of ext-parallel reads: about what workers/cold.php has.
$settings = ['ready' => true];
