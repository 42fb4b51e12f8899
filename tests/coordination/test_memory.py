"""Coordination within one process, with a clock that the test moves."""

from bot.coordination.memory import SWEEP, MemoryCoordination


class Ticks:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_no_window_of_time_holds_twice_the_limit_where_two_counters_meet() -> None:
    ticks = Ticks()
    ticks.now = 1009.0
    memory = MemoryCoordination(ticks)
    assert sum([await memory.allow("key", limit=10, per=10) for _ in range(12)]) == 10
    ticks.now = 1011.0
    assert sum([await memory.allow("key", limit=10, per=10) for _ in range(12)]) == 1
    ticks.now = 1015.0
    assert sum([await memory.allow("key", limit=10, per=10) for _ in range(12)]) == 4
    ticks.now = 1035.0
    assert sum([await memory.allow("key", limit=10, per=10) for _ in range(12)]) == 10


async def test_presence_ends_on_time() -> None:
    ticks = Ticks()
    memory = MemoryCoordination(ticks)
    await memory.seen("anna", ttl=5)
    ticks.now += 4.9
    assert await memory.present("") == {"anna"}
    ticks.now += 0.1
    assert await memory.present("") == frozenset()


async def test_strangers_do_not_fill_the_memory_for_good() -> None:
    ticks = Ticks()
    memory = MemoryCoordination(ticks)
    for number in range(20 * SWEEP):
        ticks.now += 1
        await memory.seen(f"visitor:{number}", ttl=10)
        assert await memory.allow(f"visitor:{number}", limit=1, per=10)
    assert len(memory._here._kept) <= 2 * SWEEP
    assert len(memory._uses._kept) <= 2 * SWEEP
