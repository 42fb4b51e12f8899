"""The server that the tests of coordination share, and fresh ones for those who kill it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.coordination.redis_server import RedisServer


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for all tests that leave it alive."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of this test's own, to be killed, frozen and started again."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()
