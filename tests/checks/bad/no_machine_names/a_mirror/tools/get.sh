curl https://deb.debian.org/debian/
