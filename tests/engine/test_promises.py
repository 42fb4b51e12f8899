"""What was promised in a case: told at the hand-off, warned of in time, kept to when the rules change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.action import Action, Actor, Role, Verb
from bot.core.case import Case
from bot.core.event import EventKind
from bot.core.message import Address, Kind
from bot.core.policies import Policies
from bot.core.policy import Notice
from bot.core.worktime import Calendar
from bot.engine.revision import Revision
from bot.errors import MisconfiguredError
from bot.policies.load import load_policies
from bot.policies.profile import stamp
from bot.store import recount, tables
from bot.store.accounts import add_agent
from bot.store.facts import facts_of_case
from bot.store.inbox import waiting
from tests.engine.workshop import START, Workshop, workshop

XOOBAY = load_policies("xoobay")
FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
"""03:00 on Saturday in Hong Kong."""


def closing(day: date) -> Policies:
    """The policies with one more day of rest."""
    return _with(replace(XOOBAY.versions[0].calendar, closed=frozenset({day})))


def working(day: date) -> Policies:
    """The policies with one more working day."""
    return _with(replace(XOOBAY.versions[0].calendar, open=frozenset({day})))


def _with(calendar: Calendar) -> Policies:
    fingerprint = f"{calendar.closed} {calendar.open}"
    return replace(
        XOOBAY, versions=(replace(XOOBAY.versions[0], calendar=calendar),), fingerprint=fingerprint
    )


MONDAY_OFF = closing(date(2026, 11, 23))
SATURDAY_WORKED = working(date(2026, 11, 21))


@dataclass
class Files:
    """The policy's files, as far as `Revision` sees them."""

    says: Policies | Exception = XOOBAY
    age: int = 0

    def read(self) -> Policies:
        """What they say, or what is wrong with them."""
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def change(self, says: Policies | Exception) -> None:
        """Write them anew."""
        self.says, self.age = says, self.age + 1


def revision(shop: Workshop, files: Files) -> Revision:
    return Revision(
        shop.database, shop.hub, shop.rules, lambda: shop.now, read=files.read, stamp=lambda: files.age
    )


async def case(shop: Workshop, number: int = 1001) -> Case:
    facts = await shop.database.read(facts_of_case, number)
    assert facts is not None
    assert facts.case is not None
    return facts.case


async def told(shop: Workshop) -> Sequence[Mapping[str, object]]:
    """What the log says of clocks."""
    query = select(tables.event.c.data).where(tables.event.c.kind == "clock").order_by(tables.event.c.id)
    return await shop.database.read(lambda connection: list(connection.execute(query).scalars()))


async def anna_takes(shop: Workshop) -> Actor:
    made = await shop.database.write(add_agent, "Anna", Role.AGENT, "not-a-hash", START)
    anna = Actor(made, "Anna", Role.AGENT)
    await shop.house.act(Action(Verb.CLAIM, 1001, anna))
    return anna


# ------------------------------------------------------------ alarms


async def test_the_log_says_which_promise_is_running_out_and_what_it_rests_on(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")  # what has no row of its own keeps mail's promises
        shop.now += timedelta(days=2, hours=20)
        assert await shop.clockwork.fire_due() == 1
        assert await told(shop) == [
            {
                "alarm": "warning",
                "clock": "first_response",
                "unit": "workday_elapsed",
                "start": "2026-11-20T12:00:00+08:00",
                "due": "2026-11-23T12:00:00+08:00",
                "facts": ["X2.1", "X4.0", "X4.2"],
            }
        ]
        shop.now += timedelta(days=1)
        assert await shop.clockwork.fire_due() == 2
        due, progress = [each["alarm"] for each in (await told(shop))[1:]]
        assert (due, progress) == ("due", "progress")
        assert (await case(shop)).overdue


async def test_word_on_progress_is_owed_until_a_person_has_written(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("shipping.lost", "silent", channel="post")
        await shop.say("shipping.lost", "c", channel="post")
        made = await shop.database.write(add_agent, "Anna", Role.AGENT, "not-a-hash", START)
        anna = Actor(made, "Anna", Role.AGENT)
        await shop.house.act(Action(Verb.CLAIM, 1002, anna))
        await shop.house.act(Action(Verb.REPLY, 1002, anna, "We are asking the carrier."))
        await shop.say("thanks", "c", channel="post")  # the clock goes on
        shop.now = datetime(2026, 11, 23, 16, 1, tzinfo=UTC)  # Tuesday 00:01: halfway from Friday noon
        await shop.clockwork.fire_due()
        owed = [each for each in await told(shop) if each["alarm"] == "progress"]
        assert [each["clock"] for each in owed] == ["resolution_general"]
        assert owed[0]["facts"] == ["X5.0", "X5.2"]
        assert (await case(shop, 1002)).clocks[0].progress == ()
        assert not (await case(shop, 1002)).overdue


async def test_more_alarms_than_fit_one_transaction_all_ring_at_once(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        for number in range(45):
            await shop.say("human.request", f"c{number}")
        shop.now += timedelta(days=30)
        assert await shop.clockwork.fire_due() == 45 * 7


# ------------------------------------------------------------ rules that change


async def test_a_holiday_that_becomes_known_moves_open_cases_and_the_log_says_so(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")
        files = Files()
        keeper = revision(shop, files)
        assert await keeper.catch_up() == 0
        before = await case(shop)
        files.change(MONDAY_OFF)
        assert await keeper.look()
        after = await case(shop)
        assert [clock.due for clock in after.clocks] == [
            clock.due + timedelta(days=1) for clock in before.clocks
        ]
        assert after.version == before.version + 1
        assert await told(shop) == [
            {
                "alarm": "moved",
                "clock": "first_response",
                "unit": "workday_elapsed",
                "start": "2026-11-20T12:00:00+08:00",
                "was": "2026-11-23T12:00:00+08:00",
                "due": "2026-11-24T12:00:00+08:00",
                "facts": ["X2.1", "X4.0", "X4.2"],
            },
            {
                "alarm": "moved",
                "clock": "resolution_general",
                "unit": "workdays",
                "start": "2026-11-20T12:00:00+08:00",
                "was": "2026-11-25T12:00:00+08:00",
                "due": "2026-11-26T12:00:00+08:00",
                "facts": ["X5.0", "X5.2"],
            },
        ]
        assert not await keeper.look()
        shop.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # the old due time is past
        assert await shop.clockwork.fire_due() == 0
        shop.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
        assert await shop.clockwork.fire_due() == 2
        assert (await case(shop)).overdue


async def test_the_customer_sees_the_new_time(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")
        keeper = revision(shop, Files())
        await keeper.catch_up()
        shop.rules.renew(MONDAY_OFF)
        with shop.channel("post").listen("c") as bell:
            assert await keeper.catch_up() == 1
            await bell.wait(5)
        events = await shop.channel("post").since("c", 0)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.data for event in events if event.kind is EventKind.CASE] == [
            {"case": "CD-1001", "state": "queued", "due": "2026-11-23T12:00:00+08:00"},
            {"case": "CD-1001", "state": "queued", "due": "2026-11-24T12:00:00+08:00"},
        ]


async def test_it_is_done_once_also_after_a_restart(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")
        assert await revision(shop, Files()).catch_up() == 0
    async with workshop(tmp_path) as again:
        again.rules.renew(MONDAY_OFF)  # the holiday was added while nothing ran
        again.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # and the old due time has passed
        assert await revision(again, Files()).catch_up() == 1
        assert await again.clockwork.fire_due() == 0
        assert not (await case(again)).overdue
    async with workshop(tmp_path) as third:
        third.rules.renew(MONDAY_OFF)
        assert await revision(third, Files()).catch_up() == 0
        assert len(await told(third)) == 2


async def test_who_was_stopped_half_way_begins_again_and_moves_nothing_twice(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        for number in range(5):
            await shop.say("human.request", f"c{number}", channel="post")
        now = int(shop.now.timestamp() * 1000)
        first = await shop.database.write(recount.recount, MONDAY_OFF, now, 0, 2)
        assert (first.last, [number for number, _ in first.moved]) == (1002, [1001, 1002])
    async with workshop(tmp_path) as again:
        again.rules.renew(MONDAY_OFF)
        assert await revision(again, Files()).catch_up() == 3
        assert len(await told(again)) == 5 * 2
        assert await again.database.read(recount.reckoned_by) == MONDAY_OFF.fingerprint


async def test_a_warning_that_was_heard_is_not_given_again_unless_there_is_more_time(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")
        shop.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 09:00: warned since 06:00
        assert await shop.clockwork.fire_due() == 1
        files = Files()
        keeper = revision(shop, files)
        files.change(SATURDAY_WORKED)  # then it would have been due on Saturday
        assert await keeper.look()
        rung = [each["alarm"] for each in await told(shop)]
        assert await shop.clockwork.fire_due() == 2  # the due time, and word on progress; no second warning
        assert [each["alarm"] for each in (await told(shop))[len(rung) :]] == ["due", "progress"]
        files.change(MONDAY_OFF)
        assert await keeper.look()
        assert not (await case(shop)).overdue
        shop.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
        await shop.clockwork.fire_due()
        assert [each["alarm"] for each in await told(shop)].count("warning") == 2


async def test_a_case_that_waits_is_moved_too_and_rings_no_old_bell_when_it_goes_on(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("shipping.lost", channel="post")
        anna = await anna_takes(shop)
        shop.now = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # Tuesday evening: warned of the solution at six
        await shop.clockwork.fire_due()
        await shop.house.act(Action(Verb.REPLY, 1001, anna, "Could you send a picture?"))
        shop.rules.renew(SATURDAY_WORKED)  # the warning would have come on Monday, and the end at noon
        assert await revision(shop, Files()).catch_up() == 1
        assert await shop.clockwork.fire_due() == 0  # the case waits
        await shop.say("here", channel="post")
        assert await shop.clockwork.fire_due() == 1
        found = [each["alarm"] for each in await told(shop) if each["clock"] == "resolution_general"]
        assert found == ["progress", "warning", "moved", "due"]


async def test_files_that_are_wrong_change_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.say("human.request", channel="post")
        files = Files()
        keeper = revision(shop, files)
        await keeper.catch_up()
        for wrong in (MisconfiguredError("xoobay.yaml:1: found nothing"), ZeroDivisionError("a bug")):
            files.change(wrong)
            assert not await keeper.look()
        assert shop.rules.now(shop.now).calendar == XOOBAY.versions[0].calendar
        files.change(MONDAY_OFF)
        assert await keeper.look()


async def test_a_case_keeps_the_version_it_began_under(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    versions = folder / "xoobay" / "versions"
    versions.mkdir(parents=True)
    text = 'extends: xoobay\nversion: "2"\nin_force: {from: 2026-11-24}\n'
    three = "clocks: {pickup_webchat: {amount: 3 min}}\n"
    (versions / "2.yaml").write_text(text + three, encoding="utf-8")
    async with workshop(tmp_path) as shop:
        shop.rules.renew(await asyncio.to_thread(load_policies, "xoobay", folder=folder))
        await shop.say("human.request", "old")
        shop.now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # the last minute of the old version
        anna = await anna_takes(shop)
        await shop.house.act(Action(Verb.RESOLVE, 1001, anna))
        shop.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
        await shop.say("human.request", "new")
        await shop.house.act(Action(Verb.REOPEN, 1001, anna))
        lengths = {}
        for number in (1001, 1002):
            found = await case(shop, number)
            lengths[found.policy_version] = found.clocks[0].due - found.clocks[0].start
        assert lengths == {"2025-10-20": timedelta(minutes=5), "2": timedelta(minutes=3)}


async def test_a_real_file_that_is_added_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    notices = folder / "xoobay" / "notices"
    notices.mkdir(parents=True)
    async with workshop(tmp_path) as shop:
        await shop.say("human.request")
        keeper = Revision(
            shop.database,
            shop.hub,
            shop.rules,
            lambda: shop.now,
            read=lambda: load_policies("xoobay", folder=folder),
            stamp=lambda: stamp("xoobay", folder),
        )
        assert not await keeper.look()
        (notices / "storm.yaml").write_text(
            "reason: typhoon\nhours: {webchat: []}\n"
            "from: 2026-11-20T12:02+08:00\nuntil: 2026-11-21T00:00+08:00\n",
            encoding="utf-8",
        )
        assert await keeper.look()
        assert (await case(shop)).clocks[0].due == datetime(2026, 11, 21, 0, 3, tzinfo=UTC)


# ------------------------------------------------------------ what the customer is told


async def handed_off(shop: Workshop, *, lang: str = "en", zone: str = "", channel: str = "webchat") -> str:
    """What is said to a customer who presses the button for a person."""
    where = Address(channel, f"{lang}-{zone}-{shop.now}")
    message = replace(
        shop.message("", where.key, channel), kind=Kind.HUMAN, language_hint=lang, timezone=zone
    )
    await shop.channel(channel).accept([message])
    for row in await shop.database.read(waiting, 10):
        await shop.worker.handle(row)
    return (await shop.shown(where.key, channel))[-1].splitlines()[-1]


HOURS = "08:00–24:00"


@pytest.mark.parametrize(
    ("now", "lang", "zone", "says"),
    [
        (START, "en", "", "Friday 20 November, 12:05 (Hong Kong Time)"),
        (START, "en", "Europe/Berlin", "Friday 20 November, 05:05 (Central European Time)"),
        (START, "de", "Europe/Berlin", "Freitag, 20. November, 05:05 Uhr (Mitteleuropäische Zeit)"),
        (START, "zh-Hans", "Asia/Shanghai", "11月20日周五 12:05（中国时间）"),
        (FRIDAY_NIGHT, "en", "", "Saturday 21 November, 08:05 (Hong Kong Time)"),
        (FRIDAY_NIGHT, "de", "America/New_York", "Freitag, 20. November, 19:05 Uhr (Nordamerikanische"),
        (FRIDAY_NIGHT, "zh-Hans", "Asia/Tokyo", "11月21日周六 09:05（日本时间）"),
    ],
)
async def test_the_hand_off_says_when_in_the_customers_language_and_zone(
    tmp_path: Path, now: datetime, lang: str, zone: str, says: str
) -> None:
    async with workshop(tmp_path, running=False) as shop:
        shop.now = now
        told = await handed_off(shop, lang=lang, zone=zone)
        assert says in told
        assert "CD-1001" in told
        assert (HOURS in told) is (now == FRIDAY_NIGHT)  # outside the hours it says which they are


async def test_by_mail_the_first_response_is_promised(tmp_path: Path) -> None:
    async with workshop(tmp_path, running=False) as shop:
        told = await handed_off(shop, channel="mail")
        assert "Monday 23 November, 12:00 (Hong Kong Time)" in told


async def test_on_a_day_with_other_hours_the_usual_ones_are_not_told(tmp_path: Path) -> None:
    storm = Notice(
        "storm",
        "typhoon",
        START - timedelta(hours=1),
        START + timedelta(hours=12),
        hours={"webchat": ((),) * 7},
    )
    policies = replace(XOOBAY, versions=(replace(XOOBAY.versions[0], notices=(storm,)),), fingerprint="storm")
    async with workshop(tmp_path, running=False) as shop:
        shop.rules.renew(policies)
        told = await handed_off(shop)
        assert "Saturday 21 November, 08:05 (Hong Kong Time)" in told
        assert HOURS not in told
