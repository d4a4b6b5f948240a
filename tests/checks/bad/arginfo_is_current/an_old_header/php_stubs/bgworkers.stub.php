<?php
function newer(): void {}
