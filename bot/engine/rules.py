"""What the house goes by at this moment: the policies, and our sentences filled with their values."""

from dataclasses import replace
from datetime import datetime

from bot.core.case import Case
from bot.core.policies import Policies
from bot.core.policy import Policy
from bot.wording import Wording, policy_values


class Rules:
    """The one place where policy is looked up; it is given new policies while the house works."""

    def __init__(self, policies: Policies, wording: Wording) -> None:
        self._plain = wording
        self.renew(policies)

    def renew(self, policies: Policies) -> None:
        """Go by these from now on, as far as we have words for their languages."""
        self.policies = policies.with_languages(self._plain.languages)
        self._words = {each.version: self._filled(each) for each in self.policies.versions}

    def now(self, at: datetime) -> Policy:
        """The version in force."""
        return self.policies.now(at)

    def of(self, case: Case | None, at: datetime) -> Policy:
        """The version that a matter goes by: its case's, or without a case the one in force."""
        return self.policies.of(case, at)

    def words(self, policy: Policy) -> Wording:
        """Our sentences with the values of this version."""
        return self._words.get(policy.version) or self._filled(policy)

    def _filled(self, policy: Policy) -> Wording:
        return replace(self._plain, values=policy_values(policy))
