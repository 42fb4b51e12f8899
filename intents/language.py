"""The language of a short message: script, characters, frequencies, and what is known beforehand.

Sixteen languages are told apart; anything else, and what is too short to tell, is `und`. The same text with
the same hints always gives the same answer, from any thread.
"""

import re
from dataclasses import dataclass

import numpy as np

from intents import script
from intents.chinese import balance, characters
from intents.features import Floats
from intents.hashing import find, line
from intents.lexicon import LATIN, RARE, SCALE, Lexicon, spelling

LANGUAGES = (
    "en",
    "zh-Hans",
    "zh-Hant",
    "ru",
    "de",
    "ko",
    "es",
    "ja",
    "fr",
    "pt",
    "it",
    "ar",
    "tr",
    "vi",
    "th",
    "id",
)
UNDETERMINED = "und"

MAX_WORDS = 40
KNOWN_SHARE = 0.15
"""Weight of piece frequencies for a word that a list holds, beside its vote."""
UNKNOWN_SHARE = 0.4
NAME_SHARE = 0.25
"""Further factor for an unknown word with a capital: a name or a brand."""
TEMPERATURE = 1.8
PRIOR = 0.5
"""Belief in the language that was named beforehand."""
ENOUGH = 0.4
OUTSIDE = 0.3
"""Nats a piece by which a language that is not served must fit better."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NEUTRAL_WORDS = """
    iphone ipad android paypal whatsapp telegram facebook instagram google apple samsung dhl ups
    fedex yanwen visa mastercard amazon ebay gmail email e-mail mail sms pdf url app wifi pin id
    vip ok okay qr xiaomi huawei galaxy pro max plus usb web online login admin xoobay ord ordnr
    klarna gls hermes dpd aliexpress temu shein tiktok wechat alipay
"""
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
_FLOOR = np.uint8(int(-np.log(RARE) * SCALE) - 8)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language code, or `und`, and how sure that is (0 to 1)."""

    code: str
    confidence: float
    guess: str = ""
    """The likeliest language where `code` is `und` for want of certainty."""


def served(code: str) -> str:
    """One of LANGUAGES for any code a channel may name (`zh-TW`, `pt_BR`, `DE`), "" for none of them."""
    parts = code.replace("_", "-").lower().split("-")
    if parts[0] == "zh":
        return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-Hans"
    if parts[0] in {"yue", "cmn", "wuu"}:
        return "zh-Hant" if parts[0] == "yue" else "zh-Hans"
    code = {"in": "id"}.get(parts[0], parts[0])
    return code if code in LANGUAGES else ""


class Identifier:
    """Tells languages by a lexicon (`intents.lexicon`)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        characters()
        script.counts("a")

    def identify(self, text: str, *, hint: str = "", earlier: str = "") -> Tongue:
        """The language of a text.

        `earlier` (what the conversation was in) is believed before `hint` (what the channel says).
        """
        known = served(earlier) or served(hint)
        words = script.wording(text)
        count = script.counts(words)
        count[0] = 0
        if not count.any():
            return Tongue(UNDETERMINED, 0.0)
        weights = count * script.WEIGHTS
        if count[script.KANA]:
            weights[script.KANA] += weights[script.HAN]
            weights[script.HAN] = 0
        main = int(weights.argmax())
        if main == script.LATIN:
            return self._latin(words, known)
        if main == script.HAN:
            return _han(words, known, served(hint))
        if main == script.KANA:
            # A single kana in much Chinese is decoration.
            japanese = count[script.KANA] * 8 >= count[script.KANA] + count[script.HAN]
            return Tongue("ja", 0.99) if japanese else _han(words, known, served(hint))
        if main == script.HANGUL:
            return Tongue("ko", 0.99)
        if main == script.THAI:
            return Tongue("th", 0.99)
        if main == script.CYRILLIC and not script.foreign_cyrillic(words):
            return Tongue("ru", 0.97)
        if main == script.ARABIC and not script.foreign_arabic(words):
            return Tongue("ar", 0.97)
        return Tongue(UNDETERMINED, 0.0)

    def _latin(self, text: str, known: str) -> Tongue:
        written = [match.group().replace("’", "'") for match in _WORD.finditer(text)][: 2 * MAX_WORDS]
        meaning = [word for word in written if word.lower() not in _NEUTRAL] or written
        meaning = meaning[:MAX_WORDS]
        if not meaning:
            return Tongue(UNDETERMINED, 0.0)
        scores, pieces, familiar = self._scores(meaning)
        prior = np.full(len(LATIN), 1 / len(LATIN))
        if known in LATIN:
            prior[:] = (1 - PRIOR) / (len(LATIN) - 1)
            prior[LATIN.index(known)] = PRIOR
        logits = scores[: len(LATIN)] / TEMPERATURE + np.log(prior)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        confidence = float(shares[best])
        outside = pieces[len(LATIN) :].max() - pieces[best] > OUTSIDE and familiar[best] < 0.75
        if confidence < ENOUGH or outside:
            return Tongue(UNDETERMINED, confidence if confidence < ENOUGH else 1 - confidence, LATIN[best])
        return Tongue(LATIN[best], confidence)

    def _scores(self, written: list[str]) -> tuple[Floats, Floats, Floats]:
        """ln-likelihood of each language (not normalised), the same per piece, and the share of words known.

        The second is by pieces alone and covers the languages that are not served, too.
        """
        small = [spelling(word.replace("İ", "i").lower()) for word in written]
        plain = [word.replace("İ", "i").lower() for word in written]
        votes, listed = self._votes(plain)
        fluent = any(word[:1].islower() for word in written)
        factor = np.where(listed, np.float32(KNOWN_SHARE), np.float32(UNKNOWN_SHARE))
        damp = np.ones(len(written), np.float32)
        for place, word in enumerate(written):
            if place and fluent and word[:1].isupper() and not listed[place]:
                damp[place] = NAME_SHARE
        row = line(small)
        keys, owners = zip(*(row.pieces(length) for length in (1, 2, 3)), strict=True)
        place_of, found = find(self._lexicon.pieces, np.concatenate(keys))
        owner = np.concatenate(owners)[found]
        rows = self._lexicon.piece_rows[place_of[found]].astype(np.float32)
        scores = (factor * damp)[owner] @ rows if len(rows) else np.zeros(rows.shape[1], np.float32)
        scores[: len(LATIN)] += damp @ (votes.astype(np.float32) / -SCALE)
        familiar = (votes.min(axis=1, keepdims=True) < _FLOOR) & (votes < _FLOOR) & listed[:, None]
        return scores, rows.mean(axis=0) if len(rows) else scores * 0, familiar.mean(axis=0)

    def _votes(self, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """The rows of votes of the words, nought for an unknown one, and which are known."""
        place, found = find(self._lexicon.words, line(words).wholes())
        votes = np.where(found[:, None], self._lexicon.word_rows[place], 0).astype(np.float32)
        for number, word in enumerate(words):
            if not found[number] and "'" in word:
                parts = [part for part in word.split("'") if part]
                spot, there = find(self._lexicon.words, line(parts).wholes())
                votes[number] = 0.5 * self._lexicon.word_rows[spot[there]].sum(axis=0)
        return votes, found


def _han(text: str, known: str, hint: str) -> Tongue:
    tables = characters()
    if not tables.japanese.isdisjoint(text):
        return Tongue("ja", 0.95)
    lead = balance(text)
    if lead:
        return Tongue("zh-Hans" if lead > 0 else "zh-Hant", 0.99)
    for each in (known, hint):
        if each in {"ja", "zh-Hans", "zh-Hant"}:
            return Tongue(each, 0.7)
    return Tongue("zh-Hans", 0.6)
