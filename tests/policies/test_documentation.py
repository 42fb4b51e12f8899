"""Every example of docs/policy.md is a file that works."""

import re
from pathlib import Path

import pytest

from bot.policies.load import check_policy, load_policies

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(?:# data/policies/(\S+)\n)?(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples_of_all_kinds() -> None:
    assert {name.rpartition("/")[0] for name, _ in EXAMPLES} == {"", "xoobay/versions", "xoobay/notices"}


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_each_example_works(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / (name or "xoobay.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert check_policy("xoobay", folder=tmp_path) == []
    assert load_policies("xoobay", folder=tmp_path).fingerprint != load_policies("xoobay").fingerprint
