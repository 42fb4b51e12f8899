"""The catalogs: complete in the languages that are promised, refreshed without loss, and checked."""

import shutil
from pathlib import Path

import pytest

from bot.core.article import placeholders, split
from bot.errors import MisconfiguredError
from bot.policies.load import load_policy
from bot.wording import check, locales_dir
from bot.wording.catalog import Translations, po_files
from bot.wording.checking import faults
from bot.wording.extract import update_catalogs
from bot.wording.labels import INTENT_LABELS
from bot.wording.phrases import PHRASES
from bot.wording.sources import sources
from faq.library import Library

COMPLETE = tuple(po_files())
ENTRY = 'msgctxt "chat.thanks"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the German catalog to spoil."""
    shutil.copy(locales_dir() / "de.po", tmp_path / "de.po")
    return tmp_path


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "de.po"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the catalog"
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(folder: Path) -> list[str]:
    return [text for _, _, text in faults(po_files(folder))]


def test_nothing_is_wrong_with_our_own_catalogs() -> None:
    assert [f"{path.name}:{line}: {text}" for path, line, text in check()] == []


@pytest.mark.parametrize("lang", COMPLETE)
def test_every_text_has_a_translation(lang: str) -> None:
    known = Translations.load(lang, locales_dir() / f"{lang}.po")
    for source in sources():
        key = (source.context, source.text)
        forms = known.plural.get(key, ()) if source.plural else (known.single.get(key, ""),)
        assert forms, source
        assert all(forms), source
        assert all(placeholders(form) == placeholders(source.text) for form in forms), source


def test_every_intent_has_a_label_and_an_answer() -> None:
    policy = load_policy("xoobay")
    talked_about = {
        intent for intent in policy.intents if not intent.startswith("chat.") and intent != "unknown"
    }
    assert set(INTENT_LABELS) == talked_about
    refused = {intent for intent, rule in policy.intents.items() if rule.outcome == "refuse"}
    assert set(Library.open().articles) == talked_about - refused - {"language.switch"}


def test_refusals_state_no_figure() -> None:
    for lang, path in {"en": None, **po_files()}.items():
        known = Translations.load(lang, path).single if path else {}
        for phrase in PHRASES.values():
            if phrase.id.startswith("refuse."):
                text = known.get((phrase.id, phrase.text), phrase.text)
                assert not any(letter.isdigit() or letter == "%" for letter in text), (lang, phrase.id)
                assert not placeholders(text), (lang, phrase.id)


def test_extraction_reads_articles_as_the_library_does() -> None:
    texts = {source.context: source.text for source in sources()}
    for intent, article in Library.open().articles.items():
        assert texts[f"article:{intent}:title"] == article.title
        for number, paragraph in enumerate(article.paragraphs, start=1):
            assert paragraph.endswith(texts[f"article:{intent}:{number}"])


def test_refreshing_changes_nothing_twice(folder: Path) -> None:
    before = (locales_dir() / "de.po").read_bytes()
    assert update_catalogs(folder) == [folder / "de.po"]
    assert (folder / "de.po").read_bytes() == before


def test_a_new_language_begins_empty(tmp_path: Path) -> None:
    update_catalogs(tmp_path, new=["ru"])
    text = (tmp_path / "ru.po").read_text(encoding="utf-8")
    assert "nplurals=3" in text
    assert 'msgstr[2] ""' in text
    assert not Translations.load("ru", tmp_path / "ru.po").single


def test_a_changed_english_text_turns_its_translation_fuzzy(folder: Path) -> None:
    edit(folder, "If anything else comes up, just write to me.", "Write again.")
    assert found(folder) == [
        "chat.thanks: the English text has changed: run `make messages` and look it over"
    ]
    update_catalogs(folder)
    text = (folder / "de.po").read_text(encoding="utf-8")
    assert '#| msgid "You\'re welcome! Write again."' in text
    assert found(folder) == ["chat.thanks: is fuzzy: look it over and remove the mark"]
    known = Translations.load("de", folder / "de.po")
    assert ("chat.thanks", PHRASES["chat.thanks"].text) not in known.single, "a fuzzy text is not said"
    update_catalogs(folder)
    assert (folder / "de.po").read_text(encoding="utf-8") == text


def test_texts_that_are_gone_are_dropped(folder: Path) -> None:
    with (folder / "de.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgctxt "chat.song"\nmsgid "La la"\nmsgstr "La la"\n')
    assert found(folder) == ["chat.song is no longer said: run `make messages`"]
    update_catalogs(folder)
    assert found(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Danke für Ihre Bewertung!", "", "rate.thanks: has no translation"),
        (ENTRY, 'msgctxt "chat.thank"', "chat.thanks is missing: run `make messages` and translate it"),
        (
            "{name} ist jetzt",
            "{nmae} ist jetzt",
            "case.joined: has places for nmae; the English text for name",
        ),
        (
            "Danke für Ihre Bewertung!",
            "Спасибо!",
            "rate.thanks: is not written in the script of de: 'Спасибо!'",
        ),
        ("Danke für Ihre Bewertung!", "Danke 谢!", "rate.thanks: has '谢', which is not a letter of de"),
        (
            'msgstr "Nichts davon"',
            f'msgstr "{"x" * 41}"',
            "choice.none: has 41 characters; a button takes 40",
        ),
        ('{count} Stunden"', 'Stunden"', "form.hours: has places for nothing; the English text for count"),
    ],
)
def test_check_names_what_is_wrong(folder: Path, old: str, new: str, fault: str) -> None:
    edit(folder, old, new)
    assert fault in found(folder)


@pytest.mark.parametrize(
    ("lang", "text", "wrong"),
    [("zh-Hans", "謝谢您的评價", "價 謝"), ("zh-Hant", "谢謝您的评價", "评 谢")],
)
def test_check_tells_the_two_chinese_scripts_apart(tmp_path: Path, lang: str, text: str, wrong: str) -> None:
    update_catalogs(tmp_path, new=[lang])
    path = tmp_path / f"{lang}.po"
    entry = f'msgid "{PHRASES["rate.thanks"].text}"\nmsgstr "'
    path.write_text(path.read_text(encoding="utf-8").replace(entry, entry + text), encoding="utf-8")
    assert f"rate.thanks: has characters of the other Chinese script: {wrong}" in found(tmp_path)


def test_a_fault_has_file_and_line(folder: Path) -> None:
    edit(folder, "Danke für Ihre Bewertung!", "")
    [(path, line, _)] = faults(po_files(folder))
    assert path == folder / "de.po"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[line - 1] in {'msgctxt "rate.thanks"', f'msgid "{PHRASES["rate.thanks"].text}"'}


def test_a_broken_catalog_is_named_with_its_line(folder: Path) -> None:
    edit(folder, ENTRY, "msgctext")
    with pytest.raises(MisconfiguredError, match=r"de\.po:\d+: this is not valid \.po syntax"):
        Translations.load("de", folder / "de.po")
    [(path, _, text)] = faults(po_files(folder))
    assert path == folder / "de.po"
    assert "not valid .po syntax" in text


def test_a_catalog_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "de.po").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MisconfiguredError, match=r"de\.po"):
        Translations.load("de", folder / "de.po")


def test_plural_forms_that_are_no_rule_are_named(folder: Path) -> None:
    edit(folder, "plural=(n != 1);", "plural=(n !=;")
    with pytest.raises(MisconfiguredError, match="Plural-Forms"):
        Translations.load("de", folder / "de.po")


def test_articles_are_cut_into_paragraphs() -> None:
    cut = split("---\na: 1\n---\n\nOne\nline.\n\nList:\n- a\n  b\n- c\n")
    assert cut is not None
    assert cut.front == "a: 1"
    assert [(each.text, each.line) for each in cut.paragraphs] == [("One line.", 5), ("List:\n- a b\n- c", 8)]
    assert split("no front") is None
    assert split("---\nno end\n") is None
    assert split("") is None
