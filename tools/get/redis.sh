# Debian's Redis, for `./dev demo --redis` and the recipes.
ensure_redis() { ensure_packages redis-server redis-tools; }
