"""The values of one policy profile: what is promised, refused, by when and by whom.

`bot.policies.load` reads them from YAML and has checked them; nothing here needs to check again. Every
`facts` names the numbered facts of the policy that a value rests on (`X4.1`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from bot.core.worktime import Calendar, Hours, Span, instant

UNKNOWN = "unknown"
"""The rule for a matter that no intent fits; every profile has it."""

PRIVATE_CHAT = "telegram_private"
"""How the clock table names a private Telegram chat; plain `telegram` is a community there (fact X2.4)."""


RESOLUTION = "resolution"
"""Among the clocks of a hand-off: `resolution_simple` or whichever the intent has."""

MATERIAL_COMPLETE = "material_complete"
"""What starts a resolution that the program can start; a special one waits for a person (fact X5.3)."""


class Unit(StrEnum):
    """How a clock runs (design section 5)."""

    ELAPSED = "elapsed"
    """Around the clock."""
    WORKDAY_ELAPSED = "workday_elapsed"
    """Around the clock, but only on working days."""
    SERVICE_MINUTES = "service_minutes"
    """Within the channel's service hours."""
    WORKDAYS = "workdays"
    """So many working days later at the same time; a rest day counts as 00:00 of the next working day."""
    WINDOW = "window"
    """To 24:00 of the last of so many working days."""


@dataclass(frozen=True, slots=True)
class IntentRule:
    """What is done about one thing that customers ask."""

    id: str
    outcome: str
    """answer, act, handoff, refuse or chat."""
    urgency: str | None = None
    """Which clocks a case from it starts: regular, urgent, complex, complaint, feedback or escalation."""
    resolution: str = "general"
    """simple, general or special (facts X5)."""
    offers_person: bool = False
    scope: str | None = None
    """For a refusal: customs, tax or own_fault_funds."""
    facts: tuple[str, ...] = ()

    @property
    def resolution_clock(self) -> str:
        """The clock that starts once all material is in (`special`: once a person calls the policy clear)."""
        return f"resolution_{self.resolution}"


@dataclass(frozen=True, slots=True)
class ChannelPromise:
    """What one channel serves; `address` is shown to customers, "" where the operator supplies it."""

    id: str
    address: str
    serves: tuple[str, ...]
    """What it is for, as ids that the texts put into words."""
    hours: Hours
    """When it is served; `hours.always` when it may be used at any time."""
    regions: tuple[str, ...] = ()
    """For communities: the regions that have one (fact X2.4); their links are the operator's."""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """A refused subject (fact X0.3): who can help instead, by topic, and what a person may still do."""

    id: str
    redirects: Mapping[str, tuple[str, ...]]
    """Topic -> helpers, best first, as ids that the texts put into words; `default` is always there."""
    person_may: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def helpers(self, topic: str = "default") -> tuple[str, ...]:
        """Who can help with this topic of the subject; an unnamed topic gets the default ones."""
        return self.redirects.get(topic, self.redirects["default"])


@dataclass(frozen=True, slots=True)
class Instead:
    """What a notice promises in place of a row, for clocks that start from `since` until `until`."""

    clock: str
    since: datetime
    until: datetime
    promise: timedelta | datetime
    """How long, or one moment for all that starts within the span."""
    unit: Unit | None = None
    """None keeps the row's."""


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One row of the clock table. Empty `channels` or `urgencies` mean all of them."""

    clock: str
    starts: str
    """What starts it: hand_off, call, enquiry_complete, material_complete, request_sent ..."""
    unit: Unit
    amount: timedelta
    """For workdays and windows whole days; zero means at once."""
    channels: frozenset[str] = frozenset()
    urgencies: frozenset[str] = frozenset()
    customers: bool = False
    """True for a time that the customer has to keep; waiting does not stop it."""
    warn_at: tuple[float, ...] = ()
    """Shares of the amount after which the desk is warned, each below 1."""
    progress_at: tuple[float, ...] = ()
    """Shares of the amount by which an update is owed to the customer (fact X5.2)."""
    facts: tuple[str, ...] = ()
    instead: tuple[Instead, ...] = ()
    """What notices promise instead; put there by `bot.core.notices`, never by a profile."""

    def runs_for(self, place: str, urgency: str) -> bool:
        """True if the row is meant for this channel, by the table's name of it, and this class."""
        return (not self.channels or place in self.channels) and (
            not self.urgencies or urgency in self.urgencies
        )


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice is for. What is empty takes in everybody."""

    channels: frozenset[str] = frozenset()
    """The clock table's names: `telegram` is a community, `telegram_private` is not."""
    urgencies: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    """ISO 3166 codes of countries, or a community's region."""
    scopes: frozenset[str] = frozenset()
    """Refused subjects, for what a person may still do in them."""

    def holds(self, *, channel: str, urgency: str, region: str, scope: str) -> bool:
        """True if a matter with these marks is meant; an unknown mark ("") is in no list."""
        return all(
            not meant or mark in meant
            for meant, mark in (
                (self.channels, channel),
                (self.urgencies, urgency),
                (self.regions, region),
                (self.scopes, scope),
            )
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """Other hours, working days or promises for a time and an audience; it ends by itself (fact A4)."""

    id: str
    reason: str
    since: datetime
    until: datetime
    """The first moment that is no longer meant."""
    audience: Audience = Audience()
    hours: Mapping[str, tuple[tuple[Span, ...], ...]] = field(default_factory=dict)
    """Channel -> the spans of the seven weekdays, Monday first, within the notice's time."""
    works: bool | None = None
    """Whether the days of the span are working days; None leaves the calendar alone."""
    clocks: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderLevel:
    """One level of the escalation ladder (facts X7)."""

    id: str
    role: str
    """The least role that decides it: senior, manager, director."""
    window: str
    """The customer's clock for asking."""
    answer: str
    """The desk's clock for answering."""
    follows: str
    """What the window runs from: person_response, first_plan, second_plan."""
    contact: str
    """Key in `Policy.contacts` of where to write; "" means the same channel."""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A restriction of support that a person of this role may impose (fact X6.5); the bot never does."""

    id: str
    role: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """When support may be restricted and how (fact X6.5)."""

    causes: tuple[str, ...]
    measures: tuple[Measure, ...]
    """Mildest first."""
    repeats: int
    """How many invalid claims of one person count as repeated."""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conduct:
    """What the bot does about abuse (fact X6.5): so many calm requests, then it tells the desk."""

    requests: int
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the project decided where the policy is silent or its two texts differ."""

    id: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatorValue:
    """A value that the policy leaves to the operator (fact X3.8a)."""

    id: str
    value: str | None
    """None until the operator supplies it."""
    fallback: str
    """Where the customer sees it meanwhile: checkout_page, order_page, bank, seller, support."""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one profile."""

    name: str
    version: str
    in_force: date
    """First local day on which it holds, from 00:00 in `zone`."""
    languages: tuple[str, ...]
    """Languages served, as BCP 47 codes; `with_languages` narrows them to those that have texts."""
    default_language: str
    zone: tzinfo
    calendar: Calendar
    intents: Mapping[str, IntentRule]
    channels: Mapping[str, ChannelPromise]
    aliases: Mapping[str, str]
    """Other names of a channel: what addresses call `mail`, the policy calls `email`."""
    contacts: Mapping[str, str]
    scopes: Mapping[str, ScopeRule]
    clocks: tuple[ClockRow, ...]
    handoff_clocks: Mapping[str, tuple[str, ...]]
    """Urgency -> the clocks a hand-off starts where the channel has them; the customer is told the first.

    RESOLUTION stands for the clock of the intent's resolution.
    """
    material: tuple[str, ...]
    """What a customer has to give (fact X6.1), as ids; asked for once."""
    subjects: Mapping[str, tuple[str, ...]]
    """The pieces of a mail's subject, by kind: `order` (fact X2.6) and `escalation` (fact X7.2)."""
    ladder: tuple[LadderLevel, ...]
    restriction: Restriction
    conduct: Conduct
    rulings: tuple[Ruling, ...]
    operator: Mapping[str, OperatorValue]
    notice_days: int
    """Days from publication to force of a new version (fact X9.1)."""
    notices: tuple[Notice, ...] = ()
    """The notices of the profile, past ones too; they hold for every version (`bot.core.notices`)."""

    @property
    def begins(self) -> datetime:
        """The moment, in UTC, from which it holds: 00:00 of its first day (ruling on fact X9.1)."""
        return instant(self.in_force, 0, self.zone)

    def rule(self, intent: str) -> IntentRule:
        """The rule for this intent; an unknown id gets the rule `unknown`."""
        return self.intents.get(intent) or self.intents[UNKNOWN]

    def channel(self, name: str) -> str:
        """The table's name of a channel: `mail` gives `email`; an unknown name is returned as it is."""
        return self.aliases.get(name, name)

    def with_languages(self, available: Collection[str]) -> "Policy":
        """The same policy serving only those of its languages that have texts; always the default one."""
        served = tuple(code for code in self.languages if code in available or code == self.default_language)
        return replace(self, languages=served)
