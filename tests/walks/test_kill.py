"""The server is killed under load; what was acknowledged is handled once, and every seq is seen once."""

from pathlib import Path

import pytest

from benchmarks import kill
from benchmarks.servers import Server


@pytest.mark.timeout(300)
async def test_five_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    try:
        verdict = await kill.run(server, kills=5, visitors=25, rate=60)
    finally:
        await server.stop()
    assert verdict.clean, verdict
    assert verdict.messages > 50
