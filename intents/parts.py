"""A message in its parts: sentences, and clauses of a sentence that may hold a matter of their own."""

import re

MAX_PARTS = 10
"""More sentences are not read one by one."""
SHORTEST = 2
"""Words a part needs; of Chinese or Japanese, twice as many characters."""

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|[。！？!?；;\n]+|(?<=[a-zà-ÿа-я])\s+[-–—]\s+|\s*\u2022\s*")
_CLAUSE = re.compile(
    r"\s*[,，、:：]\s*(?:and|but|also|plus|und|aber|außerdem|y|e|pero|además|et|mais)?\s+"
    r"|\s*[,，、:：]\s*(?:(?:и|а|но|еще)\s+|另外|还有|還有|而且|并且|以及|那|それと|あと|また|그리고|또)\s*"
    r"|\s*[，、]\s*|(?<=[\u3040-\u9fff0-9]),(?=[\u3040-\u9fff])"
    r"|\s+(?:and also|and|but|also|plus|und|aber|außerdem|sowie)\s+"
    r"|\s+(?:y también|y|e|pero|además|et aussi|et|mais)\s+"
    r"|\s+(?:и также|и|а также|но|а ещё|а еще|그리고|또)\s+"
    r"|另外|还有|還有|而且|顺便|順便|それと|あと、|また、|(?<=는데)\s+|(?<=고요)\s+|(?<=[가-힣]고)\s+"
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def sentences(text: str) -> list[str]:
    """The sentences of a message that say enough to be read alone, in order."""
    return _enough(_SENTENCE.split(text[:4000], maxsplit=MAX_PARTS * 3))


def clauses(sentence: str) -> list[str]:
    """The clauses of one sentence, or nothing when it is one clause."""
    found = _enough(_CLAUSE.split(sentence, maxsplit=6))
    return found if len(found) > 1 else []


def _enough(pieces: list[str]) -> list[str]:
    kept = []
    for piece in pieces:
        bare = (piece or "").strip(" \t,.-–—:;!?。，、！？")
        size = len(_WIDE.findall(bare)) // 2 or len(bare.split())
        if size >= SHORTEST:
            kept.append(bare)
    return kept[:MAX_PARTS]
