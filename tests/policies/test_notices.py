"""Notices as files: what they change, for whom, and one sentence for each thing that can be wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.policy import Audience, Instead, Unit
from bot.core.worktime import Span
from bot.policies.load import PolicyError, check_policy, load_policies
from bot.policies.overview import overview

Place = Callable[..., Path]

STORM = """\
reason: typhoon signal no. 10
from: 2026-09-08T06:00+08:00
until: 2026-09-09T00:00+08:00
hours: {webchat: [], phone: ["10:00-12:00"]}
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Writes a notice into the operator's folder and returns the folder."""

    def placed(text: str, name: str = "storm") -> Path:
        notices = tmp_path / "xoobay" / "notices"
        notices.mkdir(parents=True, exist_ok=True)
        (notices / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return placed


def complaint(folder: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policies("xoobay", folder=folder)
    return str(caught.value).replace(f"{folder}/xoobay/notices/", "")


def test_hours_of_channels(place: Place) -> None:
    policies = load_policies("xoobay", folder=place(STORM))
    [storm] = policies.versions[0].notices
    assert (storm.id, storm.reason) == ("storm", "typhoon signal no. 10")
    assert storm.since == datetime(2026, 9, 7, 22, tzinfo=UTC)
    assert storm.until == datetime(2026, 9, 8, 16, tzinfo=UTC)
    assert storm.hours == {"webchat": ((),) * 7, "phone": ((Span(600, 720),),) * 7}
    assert (storm.audience, storm.works, storm.clocks) == (Audience(), None, ())


def test_hours_by_weekday_working_days_and_promises(place: Place) -> None:
    folder = place("""\
reason: lunar new year
from: 2027-02-05T16:00:00Z         # midnight in Hong Kong, with seconds as YAML writes it
until: 2027-02-11 00:00:00 +08:00
audience:
  {channels: [webchat, telegram_private], urgencies: [regular], regions: [JP, japan_korea], scopes: [tax]}
hours:
  webchat: {every_day: ["10:00-16:00"], sunday: []}
calendar: rest
clocks:
  - {clock: first_response, unit: elapsed, amount: 72 h}
  - {clock: resolution_general, due: 2027-02-21T23:59:59+08:00}
facts: [X2.2]
""")
    policies = load_policies("xoobay", folder=folder)
    [new_year] = policies.versions[0].notices
    assert new_year.hours["webchat"] == (*((Span(600, 960),),) * 6, ())
    assert new_year.works is False
    assert new_year.audience == Audience(
        frozenset({"webchat", "telegram_private"}),
        frozenset({"regular"}),
        frozenset({"JP", "japan_korea"}),
        frozenset({"tax"}),
    )
    span = (new_year.since, new_year.until)
    assert new_year.clocks == (
        Instead("first_response", *span, timedelta(hours=72), Unit.ELAPSED),
        Instead("resolution_general", *span, datetime(2027, 2, 21, 15, 59, 59, tzinfo=UTC)),
    )
    assert check_policy("xoobay", folder=folder) == []


def test_every_version_has_every_notice_the_first_to_begin_first(place: Place) -> None:
    place(STORM.replace("2026-09", "2026-10"), "a")
    folder = place(STORM, "b")
    (folder / "xoobay" / "versions").mkdir()
    (folder / "xoobay" / "versions" / "2.yaml").write_text(
        'extends: xoobay\nversion: "2"\nin_force: {from: 2026-09-01}\n', encoding="utf-8"
    )
    for version in load_policies("xoobay", folder=folder).versions:
        assert [notice.id for notice in version.notices] == ["b", "a"]


# what the notice says, what it is changed to, what the message says
WRONG = [
    (
        "from: 2026-09-08T06:00+08:00",
        "from: 2026-09-08T06:00",
        ":2: from: found '2026-09-08T06:00'; expected a moment with its zone, such as 2026-09-08T06:00+08:00",
    ),
    (
        "from: 2026-09-08T06:00+08:00",
        "from: 2026-09-08T06:00:00",
        ":2: from: found 2026-09-08T06:00:00; expected a moment with its zone",
    ),
    (
        "from: 2026-09-08T06:00+08:00",
        "from: 2026-09-08",
        ":2: from: found 2026-09-08; expected a moment with its zone",
    ),
    (
        "from: 2026-09-08T06:00+08:00",
        "from: tomorrow",
        ":2: from: found 'tomorrow'; expected a moment with its zone",
    ),
    (
        "from: 2026-09-08T06:00+08:00",
        "from: 0001-01-01T00:00+08:00",
        ":2: from: found '0001-01-01T00:00+08:00'; expected a moment",
    ),
    ("until: 2026-09-09T00:00+08:00\n", "", ":1: until: is missing and has to be given"),
    ("reason: typhoon signal no. 10\n", "", ":1: reason: is missing and has to be given"),
    (
        "until: 2026-09-09T00:00+08:00",
        "until: 2026-09-08T06:00+08:00",
        ":3: until: found 2026-09-08T06:00:00+08:00, which is not after 2026-09-08T06:00:00+08:00",
    ),
    (
        "until: 2026-09-09T00:00+08:00",
        "until: 2027-09-10T00:00+08:00",
        ":3: until: found more than 366 days; what holds for so long is a new version",
    ),
    (
        "until: 2026-09-09T00:00+08:00",
        "until: 2026-09-08T23:59:59+08:00",
        ":3: until: found 2026-09-08T23:59:59+08:00; expected a whole minute",
    ),
    (
        "hours: {webchat: []",
        "calendar: rest\nhours: {webchat: []",
        ":2: from: found 2026-09-08T06:00:00+08:00, but working days are whole: expected 00:00",
    ),
    (
        "hours: {webchat: []",
        "calendar: half\nhours: {webchat: []",
        ":4: calendar: found 'half'; expected 'rest' or 'work'",
    ),
    (
        "webchat: []",
        'webchat: ["18:00-08:00"]',
        ":4: hours.webchat.every_day.0: found '18:00-08:00'; expected hours that end after they begin",
    ),
    ("webchat: []", "webchat: closed", ":4: hours.webchat: found 'closed'; "),
    (
        "webchat: []",
        "fax: []",
        ":4: hours.fax: found 'fax', which is no channel; expected one of: email, webchat",
    ),
    (
        "hours: {webchat: []",
        "audience: {channels: [phone]}\nhours: {webchat: []",
        ":5: hours.webchat: found hours of webchat, but the notice is for phone alone",
    ),
    (
        "hours: {webchat: []",
        "audience: {channels: [fax, webchat, phone]}\nhours: {webchat: []",
        ":4: audience.channels.0: found 'fax', which is no channel; expected one of: email, ",
    ),
    (
        "hours: {webchat: []",
        "audience: {urgencies: [calm]}\nhours: {webchat: []",
        ":4: audience.urgencies.0: found 'calm', which is no class under handoff; expected one of: regular",
    ),
    (
        "hours: {webchat: []",
        "audience: {scopes: [weather]}\nhours: {webchat: []",
        ":4: audience.scopes.0: found 'weather', which is no scope; expected one of: customs, tax",
    ),
    (
        "hours: {webchat: []",
        "audience: {regions: [mars]}\nhours: {webchat: []",
        ":4: audience.regions.0: found 'mars', which is no region of a community; expected one",
    ),
    (
        "hours: {webchat: []",
        "audience: {regions: [Japan]}\nhours: {webchat: []",
        ":4: audience.regions.0: found 'Japan'; expected a country such as JP, or the region of a community",
    ),
    (
        "hours: {webchat: []",
        "audience: {people: [all]}\nhours: {webchat: []",
        ":4: audience.people: found a key that is not known here; expected one of: channels",
    ),
    (
        'hours: {webchat: [], phone: ["10:00-12:00"]}\n',
        "",
        ":1: changes nothing; expected `hours`, `calendar` or `clocks`",
    ),
    (
        "hours: {webchat: []",
        "extends: storm\nhours: {webchat: []",
        ":4: extends: found a key that is not known here; expected one of: reason, from, until",
    ),
    ("reason: ", "facts: [D5.2x1]\nreason: ", ":1: facts.0: found 'D5.2x1'; expected a fact such as X2.1"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), WRONG)
def test_each_fault_is_one_clear_sentence(place: Place, right: str, wrong: str, says: str) -> None:
    assert right in STORM
    message = complaint(place(STORM.replace(right, wrong, 1)))
    assert message.startswith(f"storm.yaml{says}")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("clock", "says"),
    [
        (
            "clock: lunch, amount: 1 h",
            "clocks.0.clock: found 'lunch', which is no clock; expected one of: pickup, ",
        ),
        ("clock: pickup", "clocks.0: found both amount and due, or neither; expected one of them"),
        (
            "clock: pickup, amount: 1 h, due: 2026-10-01T00:00Z",
            "clocks.0: found both amount and due, or neither; expected one of them",
        ),
        (
            "clock: pickup, due: 2026-09-08T20:00+08:00",
            "clocks.0.due: found 2026-09-08T20:00:00+08:00, before the notice ends; expected a later one",
        ),
        (
            "clock: pickup, unit: elapsed, due: 2026-10-01T00:00Z",
            "clocks.0.unit: found a unit beside `due`, which needs none; leave it out",
        ),
        (
            "clock: resolution_general, amount: 5 h",
            "clocks.0.amount: found 5:00:00 for workdays; expected whole days, such as `3 days`",
        ),
        (
            "clock: pickup, unit: window, amount: at once",
            "clocks.0.amount: found 0:00:00 for window; expected whole days, such as `3 days`",
        ),
        ("clock: pickup, amount: soon", "clocks.0.amount: found 'soon'; expected a length such as `30 s`"),
        ("clock: pickup, unit: moons, amount: 1 h", "clocks.0.unit: found 'moons'; expected 'elapsed', "),
        ("clock: pickup, due: 2026-10-01", "clocks.0.due: found 2026-10-01; expected a moment with its zone"),
    ],
)
def test_promises_that_are_none(place: Place, clock: str, says: str) -> None:
    message = complaint(place(f"{STORM}clocks:\n  - {{{clock}}}\n"))
    assert message.startswith(f"storm.yaml:6: {says}")
    assert "\n" not in message


REST = """\
reason: rest
from: 2026-09-07T00:00+08:00
until: 2026-09-10T00:00+08:00
"""


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("hours: {webchat: []}", "hours: {webchat: []}", "the hours of webchat"),
        ("hours: {webchat: []}", "hours: {phone: []}", ""),
        ("calendar: rest", "calendar: work", "the working days"),
        ("calendar: rest", "hours: {webchat: []}", ""),
        (
            "clocks: [{clock: pickup, amount: 1 h}]",
            "clocks: [{clock: pickup, amount: 2 h}]",
            "the clock pickup",
        ),
        ("clocks: [{clock: pickup, amount: 1 h}]", "clocks: [{clock: feedback, amount: 9 days}]", ""),
        (
            "calendar: rest\nhours: {webchat: []}",
            "calendar: rest\nhours: {webchat: []}",
            "the hours of webchat and the working days",
        ),
        ("calendar: rest\naudience: {channels: [email]}", "calendar: rest", "the working days"),
        (
            "calendar: rest\naudience: {channels: [email]}",
            "calendar: rest\naudience: {channels: [webchat]}",
            "",
        ),
        (
            "calendar: rest\naudience: {channels: [email], regions: [JP]}",
            "calendar: rest\naudience: {channels: [email, webchat], regions: [KR]}",
            "",
        ),
        (
            "calendar: rest\naudience: {channels: [email], regions: [JP]}",
            "calendar: rest\naudience: {channels: [email, webchat], regions: [KR, JP]}",
            "the working days",
        ),
    ],
)
def test_notices_that_overlap_in_time_may_not_change_the_same_thing_for_the_same_people(
    place: Place, first: str, second: str, both: str
) -> None:
    place(f"{REST}{first}\n", "one")
    folder = place(f"{REST.replace('07T', '09T').replace('10T', '12T')}{second}\n", "two")
    if not both:
        assert len(load_policies("xoobay", folder=folder).versions[0].notices) == 2
        return
    assert complaint(folder) == (
        "two.yaml:2: from: found 2026-09-09T00:00:00+08:00, but one.yaml holds until "
        f"2026-09-10T00:00:00+08:00 and changes {both} too; let one end before the other begins, or give "
        "them different audiences"
    )


def test_notices_may_follow_one_another_without_a_gap(place: Place) -> None:
    place(f"{REST}calendar: rest\n", "one")
    folder = place(
        f"{REST.replace('07T', '10T').replace('until: 2026-09-10', 'until: 2026-09-12')}calendar: rest\n"
    )
    assert len(load_policies("xoobay", folder=folder).versions[0].notices) == 2


def test_a_notice_may_not_rest_on_another_profiles_facts(place: Place) -> None:
    [fault] = check_policy("xoobay", folder=place(f"facts: [A4]\n{STORM}"))
    assert str(fault).endswith(
        "xoobay/notices/storm.yaml:1: facts.0: cites A4, which is no fact of xoobay "
        f"({fault.text.rpartition('(')[2]}"
    )


def test_the_faults_of_several_notices_are_told_at_once(place: Place) -> None:
    place("from: 1\n", "one")
    folder = place("[", "two")
    message = complaint(folder)
    assert "one.yaml:1: from: found 1; expected a moment" in message
    assert "two.yaml:2: is no YAML: " in message


def test_the_overview_says_which_notices_hold_and_which_will(place: Place) -> None:
    place(f"{REST.replace('-09-', '-08-')}calendar: rest\n", "old")
    place(f"{REST.replace('-09-', '-12-')}calendar: work\nclocks: [{{clock: pickup, amount: 1 h}}]\n", "new")
    policies = load_policies("xoobay", folder=place(STORM))
    assert overview(policies, datetime(2026, 9, 8, 4, tzinfo=UTC))[1:] == [
        "over  notice old, from 2026-08-07T00:00+08:00 until 2026-08-10T00:00+08:00: rest days (rest)",
        (
            "now   notice storm, from 2026-09-08T06:00+08:00 until 2026-09-09T00:00+08:00: "
            "hours of webchat, hours of phone (typhoon signal no. 10)"
        ),
        (
            "next  notice new, from 2026-12-07T00:00+08:00 until 2026-12-10T00:00+08:00: "
            "working days, the clock pickup (rest)"
        ),
    ]
