"""The composition root.

Opens the parts, plugs them together and runs them. Nobody but the command line imports it.
"""

from bot.app.engine import Engine, open_engine, open_store
from bot.app.server import run_server
from bot.app.talk import Terminal, Turn, open_house

__all__ = ["Engine", "Terminal", "Turn", "open_engine", "open_house", "open_store", "run_server"]
