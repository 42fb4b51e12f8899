"""The wording as the program opens it: with the values of the real policy."""

import pytest

from bot.policies.load import load_policy
from bot.wording import Wording, policy_values


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.open(policy_values(load_policy("xoobay")))
