"""The panel's own words: every language of the bot, every key, every place, each in its own script."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.policies.load import load_policy
from bot.wording.catalog import po_files
from bot.wording.checking import _script
from channels.webchat.pages import FOLDER
from tests.channels.site import Site
from tests.channels.test_webchat_pages import visitor

LANGUAGES = ("en", *po_files())
SCRIPTS = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.js")}
PAGE = (FOLDER / "frame.html").read_text("utf-8")
MADE = re.compile(r"(?:who|case|link|nack)_\w+|(?:bot|agent)_writes|sending|sent|seen|failed|you|bot|agent")
"""Keys that the scripts put together, or take from what they are told."""


def file(lang: str) -> Path:
    return FOLDER / f"frame.{lang}.json"


def words(lang: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(file(lang).read_text("utf-8"))
    return found


ENGLISH = words("en")


def places(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{(\w+)\}", text))


def test_the_panel_speaks_every_language_of_the_bot() -> None:
    files = {path.name.split(".")[1] for path in FOLDER.glob("frame.*.json")}
    listed = re.search(r"const WRITTEN = \[(.*?)\]", SCRIPTS["words.js"])
    assert listed
    assert sorted(re.findall(r'"(.+?)"', listed[1])) == sorted(files) == sorted(LANGUAGES)
    assert set(load_policy("xoobay").languages) <= files


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_has_every_key_and_every_place(lang: str) -> None:
    found = words(lang)
    assert list(found) == list(ENGLISH), "the same keys in the same order"
    assert {key: places(text) for key, text in found.items()} == {
        key: places(text) for key, text in ENGLISH.items()
    }
    keys = re.findall(r'^  "(\w+)":', file(lang).read_text("utf-8"), re.MULTILINE)
    assert keys == list(found), "no key stands there twice"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_is_written_in_its_script(lang: str) -> None:
    found = words(lang)
    assert [key for key, text in found.items() if not text or text != text.strip()] == []
    assert [f"{key} {fault}" for key, text in found.items() for fault in _script(lang, text)] == []


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_a_language_is_not_english(lang: str) -> None:
    """A word may be the same in both (Support, Assistant), a sentence may not."""
    same = [key for key, text in words(lang).items() if text == ENGLISH[key] and " " in text]
    assert same == []


def test_the_scripts_ask_for_words_that_are_there() -> None:
    asked = set(re.findall(r'\bsay\("(\w+)"', "".join(SCRIPTS.values())))
    asked |= set(re.findall(r'data-(?:text|name|hint)="(\w+)"', PAGE))
    assert len(asked) > 20, "these patterns still find what they look for"
    assert asked <= set(ENGLISH)
    assert [key for key in ENGLISH if key not in asked and not MADE.fullmatch(key)] == []


async def test_the_server_gives_the_words_of_every_language(site: Site) -> None:
    async with visitor(site) as client:
        for lang in LANGUAGES:
            answer = await client.get(f"/webchat/static/frame.{lang}.json")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), lang
            assert answer.json() == words(lang), lang
