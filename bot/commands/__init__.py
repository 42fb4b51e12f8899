"""The commands of `crossdesk`, a module for each; every module has `add_to(app)`."""
