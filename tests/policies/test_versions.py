"""Several versions of a profile: where they stand, what holds when, and what is no version."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.policies.load import PolicyError, check_policy, load_policies, load_policy
from bot.policies.overview import overview
from bot.policies.profile import stamp

Place = Callable[[str, str], Path]

MARCH = """\
extends: xoobay
version: "2026-03-01"
in_force: {published: 2026-02-20, from: 2026-03-01}
clocks: {pickup_webchat: {amount: 3 min}}
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Writes a version of xoobay into the operator's folder and returns the folder."""

    def placed(name: str, text: str) -> Path:
        versions = tmp_path / "xoobay" / "versions"
        versions.mkdir(parents=True, exist_ok=True)
        (versions / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return placed


def complaint(folder: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        load_policies("xoobay", folder=folder)
    return str(caught.value).replace(f"{folder}/", "")


def pickup(folder: Path, at: str) -> timedelta:
    row = load_policies("xoobay", folder=folder).now(datetime.fromisoformat(at)).clocks[0]
    assert row.clock == "pickup"
    return row.amount


def test_without_further_files_there_is_one_version() -> None:
    [only] = load_policies("xoobay").versions
    assert only == load_policy("xoobay")


def test_a_version_takes_force_at_midnight_in_hong_kong_on_its_day(place: Place) -> None:
    folder = place("march", MARCH)
    assert pickup(folder, "2026-02-28T23:59:59+08:00") == timedelta(minutes=5)
    assert pickup(folder, "2026-03-01T00:00:00+08:00") == timedelta(minutes=3)
    second = load_policies("xoobay", folder=folder).versions[1]
    assert (second.version, second.in_force) == ("2026-03-01", date(2026, 3, 1))
    assert second.intents == load_policy("xoobay").intents


def test_files_may_be_called_anything_and_count_by_their_date(place: Place) -> None:
    place("b", MARCH)
    folder = place(
        "a", 'extends: xoobay\nversion: "next year"\nin_force: {from: 2027-01-01}\nlanguages: {default: de}\n'
    )
    assert [each.version for each in load_policies("xoobay", folder=folder).versions] == [
        "2025-10-20",
        "2026-03-01",
        "next year",
    ]
    assert pickup(folder, "2027-06-01T00:00Z") == timedelta(
        minutes=5
    )  # it stands on the profile, not on March


def test_a_version_may_stand_on_another_version(place: Place) -> None:
    place("march", MARCH)
    folder = place(
        "june",
        'extends: xoobay/march\nversion: "2026-06-01"\nin_force: {published: 2026-05-01, from: 2026-06-01}\n',
    )
    assert pickup(folder, "2026-06-01T00:00+08:00") == timedelta(minutes=3)


def test_the_operators_own_values_hold_in_every_version(place: Place) -> None:
    folder = place("march", MARCH)
    (folder / "xoobay.yaml").write_text(
        "extends: xoobay\ncalendar: {closed: [{date: 2026-09-08, reason: typhoon}]}\n", encoding="utf-8"
    )
    policies = load_policies("xoobay", folder=folder, operator={"payment_methods": "Visa"})
    for each in policies.versions:
        assert not each.calendar.works(date(2026, 9, 8))
        assert each.operator["payment_methods"].value == "Visa"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: xoobay\n", "march.yaml:1: version: is missing and has to be given in each version"),
        (
            'extends: xoobay\nversion: "2"\n',
            "march.yaml:1: in_force.from: is missing and has to be given in each version",
        ),
        (
            'extends: xoobay\nversion: "2025-10-20"\nin_force: {from: 2026-03-01}\n',
            "march.yaml:2: version: found 2025-10-20, which ",
        ),
        (
            'extends: xoobay\nversion: "2"\nin_force: {from: 2025-10-20}\n',
            "march.yaml:3: in_force.from: found 2025-10-20, which ",
        ),
        (
            'extends: xoobay\nversion: "2"\nin_force: {published: 2026-02-23, from: 2026-03-01}\n',
            "in_force.from: found 2026-03-01, less than 7 days after 2026-02-23; expected 2026-03-02 or",
        ),
        (
            'extends: xoobay\nversion: "2"\nin_force: {from: 2026-03-01T00:00:00}\n',
            "march.yaml:3: in_force.from: found 2026-03-01T00:00:00; ",
        ),
        (
            'extends: xoobay\nversion: "2"\nin_force: {from: 0001-01-01}\n',
            "in_force.from: found 0001-01-01; expected a date between the years 1900 and 2999",
        ),
        (
            f"{MARCH}  pickup_phone: {{amount: 1}}\n".replace("{pickup_webchat: {amount: 3 min}}", ""),
            "march.yaml:5: clocks.pickup_phone.amount: found 1; expected a length such as",
        ),
        ("extends: xoobay/april\n", "march.yaml:1: extends: 'xoobay/april' found no profile of this name"),
        ("extends: xoobay/march\n", "march.yaml:1: extends: 'xoobay/march' "),
        ("- march\n", "march.yaml:1: found no mapping"),
    ],
)
def test_what_is_no_version(place: Place, text: str, says: str) -> None:
    message = complaint(place("march", text))
    assert says in message
    assert message.count("\n") <= 1


def test_the_faults_of_all_files_are_told_at_once_and_each_once(place: Place) -> None:
    place("march", "extends: xoobay\nversion: 2\n")
    folder = place("april", "extends: xoobay\nlanguages: 7\n")
    message = complaint(folder).splitlines()
    assert [line.split(": ")[0] for line in message] == [
        "xoobay/versions/april.yaml:2",
        "xoobay/versions/march.yaml:2",
    ]
    (folder / "xoobay.yaml").write_text("extends: xoobay\nlanguages: {default: tlh}\n", encoding="utf-8")
    assert complaint(folder).count("found 'tlh'") == 1


def test_check_looks_at_every_version(place: Place) -> None:
    assert check_policy("xoobay", folder=place("march", MARCH)) == []
    folder = place("march", f"{MARCH}conduct: {{facts: [L2]}}\n")
    [fault] = check_policy("xoobay", folder=folder, intents=list(load_policy("xoobay").intents))
    assert str(fault).startswith(
        f"{folder}/xoobay/versions/march.yaml:5: conduct.facts.0: cites L2, which is no "
    )


def test_check_finds_files_that_nobody_reads(place: Place) -> None:
    folder = place("march", MARCH)
    for name in ("versions/april.yml", "june.yaml", "notice/storm.yaml", "versions/.march.yaml"):
        path = folder / "xoobay" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")
    found = [str(fault).replace(f"{folder}/", "") for fault in check_policy("xoobay", folder=folder)]
    assert [fault.split(": ")[0] for fault in found] == [
        "xoobay/june.yaml",
        "xoobay/notice/storm.yaml",
        "xoobay/versions/april.yml",
    ]
    assert found[0].endswith(": is read by nobody; expected xoobay/versions/*.yaml or xoobay/notices/*.yaml")


def test_the_fingerprint_changes_with_what_is_written(place: Place) -> None:
    bare = load_policies("xoobay").fingerprint
    assert load_policies("xoobay").fingerprint == bare
    folder = place("march", MARCH)
    march = load_policies("xoobay", folder=folder).fingerprint
    assert march != bare
    place("march", MARCH.replace("3 min", "4 min"))
    assert load_policies("xoobay", folder=folder).fingerprint not in {bare, march}


def test_the_stamp_changes_with_every_file(place: Place) -> None:
    folder = place("march", MARCH)
    seen = [stamp("xoobay", None), stamp("xoobay", folder)]
    place("march", MARCH + "# more\n")
    seen.append(stamp("xoobay", folder))
    (folder / "xoobay.yaml").write_text("extends: xoobay\n", encoding="utf-8")
    seen.append(stamp("xoobay", folder))
    (folder / "xoobay" / "versions" / "march.yaml").unlink()
    seen.append(stamp("xoobay", folder))
    assert len({tuple(each) for each in seen}) == len(seen)
    assert stamp("xoobay", folder) == seen[-1]
    assert stamp("xoobay", folder / "nowhere") == seen[0]


def test_the_overview_says_what_is_now_and_what_is_next(place: Place) -> None:
    policies = load_policies("xoobay", folder=place("march", MARCH))
    assert overview(policies, datetime(2026, 2, 1, tzinfo=UTC)) == [
        "now   version 2025-10-20, from 2025-10-20T00:00+08:00",
        "next  version 2026-03-01, from 2026-03-01T00:00+08:00",
    ]
    assert overview(policies, datetime(2026, 3, 1, tzinfo=UTC)) == [
        "over  version 2025-10-20, from 2025-10-20T00:00+08:00",
        "now   version 2026-03-01, from 2026-03-01T00:00+08:00",
    ]
