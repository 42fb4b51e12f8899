"""The composition root.

Opens the parts, plugs them together and runs them. Nobody but the command line imports it, and of it only the
module that a command needs: `agents list` loads no web server.
"""
