"""What the bot remembers of one conversation: what it has said, offered and asked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class Talk:
    """Kept with the conversation and changed only by a turn."""

    greeted: bool = False
    """The customer has been told that this is an automated assistant."""
    topic: str = ""
    """The last matter talked about; a person asked for afterwards is asked about it."""
    offered: tuple[str, ...] = ()
    """Ids of the choices that can be pressed now."""
    asked_for: str = ""
    """The intent whose missing piece (the order number) was asked for and not given yet."""
    unclear: int = 0
    """How many messages in a row were not understood."""
    language: str = ""
    """The language the customer chose; "" follows what he writes."""
    rate_case: int = 0
    """The resolved case that may be rated; 0 when there is none."""

    def to_json(self) -> dict[str, object]:
        """As stored: only what differs from a new talk."""
        blank = Talk()
        return {name: value for name, value in asdict(self).items() if value != getattr(blank, name)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Talk":
        """Read what `to_json` wrote; a key this version does not know is left out."""
        known = {field.name for field in fields(cls)}
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
            if name in known
        }
        return cls(**values)  # type: ignore[arg-type]  # only `to_json` writes them
