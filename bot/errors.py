"""The failures a caller can act on. Adapters translate their library's errors into these."""


class CrossdeskError(Exception):
    """Something went wrong; the message is this docstring unless one is given."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class RetryableError(CrossdeskError):
    """The other side is busy or unreachable; the same call may succeed later.

    `after` is the number of seconds the other side asked us to wait, if it said so.
    """

    def __init__(self, message: str = "", *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class RefusedError(CrossdeskError):
    """The other side will never accept this; trying again cannot help."""


class ForbiddenError(RefusedError):
    """This person may not do this."""


class NotFoundError(RefusedError):
    """There is no such thing, or none that this person may see."""


class ConflictError(CrossdeskError):
    """Someone changed the case first; read it again and decide again.

    `assignee` is the display name of the agent who has the case, when that is the reason.
    """

    def __init__(self, message: str = "", *, assignee: str | None = None) -> None:
        super().__init__(message)
        self.assignee = assignee


class MisconfiguredError(CrossdeskError):
    """The deployment is wrong; the message names the key or file and what to do."""
