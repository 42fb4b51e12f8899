"""Training, and the files that models are kept in."""

from pathlib import Path

import numpy as np
import pytest

from bot.errors import MisconfiguredError
from intents import learn
from intents.hashing import line
from intents.model import load, load_model, save_model
from intents.nearest import pack
from intents.store import LEXICON, _shares, file_name, groups, make, open_store
from intents.text import form, normal

LABELS = ("a.fruit", "b.tool", "c.unseen")
EXAMPLES = [
    (normal(text), label)
    for label, texts in {
        "a.fruit": [
            "ripe apple pie",
            "green apple",
            "sweet pear juice",
            "apple and pear",
            "fresh cherry",
            "pear tree",
        ],
        "b.tool": [
            "steel hammer",
            "hammer and nail",
            "long nail",
            "hammer drill",
            "drill bit set",
            "nail gun drill",
        ],
    }.items()
    for text in texts
]


def test_learns_what_it_is_shown() -> None:
    model = learn.train(EXAMPLES, LABELS)
    assert [LABELS[int(model.scores(text)[0].argmax())] for text, _ in EXAMPLES] == [
        label for _, label in EXAMPLES
    ]
    assert model.scores("apple juice")[1] > model.scores("zzz qqq")[1] == 0


def test_learns_the_same_every_time() -> None:
    first, second = learn.train(EXAMPLES, LABELS), learn.train(EXAMPLES, LABELS)
    assert np.array_equal(first.rows, second.rows)
    assert np.array_equal(first.output, second.output)


def test_a_stored_model_reads_the_same(tmp_path: Path) -> None:
    model = learn.train(EXAMPLES, LABELS)
    file = tmp_path / "deep" / "m.bin"
    save_model(file, model)
    stored = load_model(file, LABELS)
    assert np.array_equal(stored.scores("sweet nail")[0], model.scores("sweet nail")[0])
    assert [found.name for found in file.parent.iterdir()] == ["m.bin"]
    with pytest.raises(ValueError, match="other intents"):
        load_model(file, ("x",))


@pytest.mark.parametrize("damage", ["empty", "head", "tail", "foreign"])
def test_a_damaged_file_is_told(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "m.bin"
    save_model(file, learn.train(EXAMPLES, LABELS))
    whole = file.read_bytes()
    file.write_bytes(
        {"empty": b"", "head": whole[:40], "tail": whole[:-4096], "foreign": b"x" * 5000}[damage]
    )
    with pytest.raises(ValueError, match=r"no model file|cut short"):
        load(file)


def test_a_damaged_store_is_mended(models: Path, tmp_path: Path) -> None:
    open_store(models)
    for name in groups():
        (tmp_path / file_name(name)).symlink_to(models / file_name(name))
    broken = tmp_path / file_name(LEXICON)
    broken.write_bytes(b"nonsense")
    assert len(open_store(tmp_path).lexicon.words) > 100_000
    assert broken.stat().st_size > 1_000_000


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MisconfiguredError, match="cannot be made"):
        open_store(tmp_path / "file" / "models")


def test_a_model_that_cannot_be_made_is_told(models: Path, tmp_path: Path) -> None:
    open_store(models)
    for name in groups():
        (tmp_path / file_name(name)).symlink_to(models / file_name(name))
    (tmp_path / file_name(LEXICON)).mkdir()
    with pytest.raises(
        MisconfiguredError, match=r"lexicon (could not be made|cannot be read)|cannot be read"
    ):
        open_store(tmp_path)


def test_the_work_is_dealt_out() -> None:
    shares = _shares([*groups(), LEXICON], 2)
    assert sorted(name for share in shares for name in share) == sorted([*groups(), LEXICON])
    assert all(len(share) >= 3 for share in shares)


def test_a_lexicon_is_made(tmp_path: Path) -> None:
    make(LEXICON, tmp_path / "l.bin")
    arrays, meta = load(tmp_path / "l.bin")
    assert len(arrays["words"]) == len(arrays["word_rows"])
    assert list(arrays["pieces"]) == sorted(arrays["pieces"])
    assert "edition" in meta


def test_pieces_stay_within_words() -> None:
    row = line(["ab", "c"])
    assert [len(row.pieces(length)[0]) for length in (1, 2, 3, 4, 5)] == [3, 5, 3, 1, 0]
    assert list(row.pieces(1)[1]) == [0, 0, 1]
    assert len(set(row.wholes())) == 2


def test_the_same_word_hashes_the_same_anywhere() -> None:
    assert line(["x", "parcel"]).wholes()[1] == line(["parcel"]).wholes()[0]


def test_nearest_phrase() -> None:
    phrases = pack([("cancel my order", 1), ("hello there", 2)])
    found = phrases.nearest("cancl my order")
    assert found is not None
    assert found[0] == 1
    assert 0.9 < found[1] < 1
    assert phrases.nearest("something else") is None
    assert phrases.nearest("hi") is None


def test_one_form_for_phrases_and_messages() -> None:
    assert form("Ｗhere is ORD 2024 1234?!", "en") == "where is  ord00 ?!"
    assert form("我的訂單２０２４", "zh-Hant") == "我的订单0000"
    assert form("\u200bÇa\u202e va\x00", "fr") == "ça va "
