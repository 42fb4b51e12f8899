"""The human side: the REST API for agents, the first administrator, and the health of the program."""
