"""Order numbers, and what must not be kept: card numbers, one-time codes, passwords."""

import re
import unicodedata

_MAX_TEXT = 8000
_COMPLETE = 8
"""An order number has eight digits (`ORD2024XXXX`, fact X2.6); after that many a blank or dash ends it."""
_SHORTEST = 5

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_HEAD = re.compile(
    r"(?:(?<![A-Za-z])[oOоО0][rRрРR][dDдД]|(?<=[a-z])ORD)[\s#:№._\-\u2010-\u2015\u30fc/]{0,3}(?=[0-9])"
)
_GROUP = re.compile(r"(?P<gap>[ \-\u2010-\u2015\u30fc_.]?)(?P<digits>[0-9]{1,20})")
_MIXED = re.compile(r"[0-9]{4}(?=[A-Z0-9]{0,5}[0-9])[A-Z0-9]{4,6}(?![A-Za-z0-9])")

_CARD = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ \-\u00a0\u2010-\u2015.]?[0-9]){12,18}(?![0-9])")
_ISSUERS = "23456"
"""First digits of payment cards; other long numbers (parcels) begin with others more often than not."""
_SHIELD = "•••• "
_SECRET_LABELS = (
    r"pass\s?word|passwd|pwd|passwort|kennwort|passcode|contraseñ?a|clave|mot de passe|пароль",
    r"密码|密碼|パスワード|비밀번호",
    r"c[vw][vc]2?|otp|tan|(?:otp|sms|one.?time|verification|security|login|2fa|auth)[ -]?(?:code|pin)",
    r"sicherheitscode|bestätigungscode|код (?:из смс|подтверждения|безопасности)",
    r"验证码|驗證碼|校验码|認証コード|인증번호|인증 ?코드",
    r"c[oó]digo de (?:verificaci[oó]n|seguridad)|code (?:de v[eé]rification|de s[eé]curit[eé]|sms)",
)
_SECRET = re.compile(
    rf"(?P<label>{'|'.join(_SECRET_LABELS)})"
    r"(?P<link>\s{0,3}(?:[:：=]|\bis\b|\bist\b|\best\b|\bes\b|是|为|為|は|은|는|—|-)?\s{0,3})(?P<secret>[!-~]{3,64})",
    re.IGNORECASE,
)


def _plain_digits(text: str) -> str:
    """The text with the digits of every script as ASCII ones."""
    return (
        text
        if text.isascii()
        else _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.digit(match.group())), text)
    )


def _readable(text: str) -> str:
    """NFKC without invisible characters and with ASCII digits."""
    return _plain_digits(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:_MAX_TEXT])[:_MAX_TEXT]))


def order_numbers(text: str) -> tuple[str, ...]:
    """The order numbers in a text, each once, in its order, as `ORD20241234` (fact X2.6).

    Full-width or small letters, blanks, dashes, `#` and text written close to it do no harm. Bare digits
    are no order number: they may as well be a date, so they are asked for instead.
    """
    text = _readable(text)
    found: dict[str, None] = {}
    for head in _HEAD.finditer(text):
        mixed = _MIXED.match(text, head.end())
        digits = mixed.group() if mixed and not mixed.group().isdigit() else _digits(text, head.end())
        if len(digits) >= _SHORTEST:
            found[f"ORD{digits}"] = None
    return tuple(found)


def _digits(text: str, at: int) -> str:
    digits = ""
    while len(digits) < _COMPLETE and (group := _GROUP.match(text, at)):
        if digits and not group["gap"]:
            break
        if digits and len(digits) + len(group["digits"]) > _COMPLETE + 6:
            break
        digits += group["digits"]
        at = group.end()
    return digits


def without_order_numbers(text: str, stand_in: str = " ") -> str:
    """The readable text with each order number replaced."""
    text = _readable(text)
    pieces, done = [], 0
    for head in _HEAD.finditer(text):
        if head.start() < done:
            continue
        end, digits = head.end(), ""
        while len(digits) < _COMPLETE and (group := _GROUP.match(text, end)) and (group["gap"] or not digits):
            digits += group["digits"]
            end = group.end()
        if len(digits) >= _SHORTEST:
            pieces += [text[done : head.start()], stand_in]
            done = end
    return "".join([*pieces, text[done:]])


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _card(match: re.Match[str]) -> str:
    digits = "".join(str(unicodedata.digit(char)) for char in match.group() if char.isdecimal())
    return f"{_SHIELD}{digits[-4:]}" if digits[0] in _ISSUERS and luhn(digits) else match.group()


def _secret(match: re.Match[str]) -> str:
    secret, linked = match["secret"], match["link"].strip()
    plain = secret.strip(".,;!?")
    # "my password is wrong" gives nothing away; a colon, an equals sign or a digit does.
    if not (any(char.isdigit() for char in plain) or (linked in {":", "：", "="} and len(plain) >= 4)):
        return match.group()
    return f"{match['label']}{match['link']}{_SHIELD.strip()}"


def mask(text: str) -> str:
    """The text as it may be stored: card numbers down to four digits, passwords and one-time codes gone.

    All else stays as it was written. Card numbers are those of 13 to 19 digits with a right check digit.
    """
    folded = _plain_digits(text)
    masked = _SECRET.sub(_secret, _CARD.sub(_card, folded))
    return text if masked == folded else masked
