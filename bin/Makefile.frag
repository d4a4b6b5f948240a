install: install-bgworkers-command

# php-fpm runs files named *.php alone, so the file has its own name, and the command is a link to it.
install-bgworkers-command:
	@echo "Installing the command bgworkers: $(INSTALL_ROOT)$(prefix)/bin/"
	@$(mkinstalldirs) $(INSTALL_ROOT)$(prefix)/share/bgworkers $(INSTALL_ROOT)$(prefix)/bin
	@$(INSTALL) -m 755 $(srcdir)/bin/bgworkers.php $(INSTALL_ROOT)$(prefix)/share/bgworkers/bgworkers.php
	@ln -sf ../share/bgworkers/bgworkers.php $(INSTALL_ROOT)$(prefix)/bin/bgworkers

.PHONY: install-bgworkers-command
