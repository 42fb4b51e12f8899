"""Whether a thing is to be done or only explained, and which language is asked for."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from intents.language import LANGUAGES
from intents.regions import LOCALES

# Asking how, whether, what if: an explanation is wanted.
_HOW = re.compile(
    r"^(?:hi|hello|hey|dear \w+|good \w+)?[,! ]*(?:how|is it possible|is there a way|am i able|can i|could i|may i|do i|what if|what happens|what|until when|where|which|who|why|when)\b"
    r"|\bhow (?:do|can|to|would|does|long|much)\b|\bis it (?:still )?possible\b|\bwhat(?:'s| is| are) the (?:steps|process|rules?|way|procedure)\b"
    r"|\bcan i (?:still )?\b|\bam i allowed\b"
    r"|\bwie (?:kann|geht|mache|läuft|funktioniert|lange|viel|storniere|ändere|komme)\b|\b(?:kann|könnte|darf) (?:ich|man)\b|\b(?:ist es|wäre es) (?:noch )?möglich\b|\bgeht (?:das|es|die)\b|\bwas (?:passiert|muss|kostet)\b|\bbis wann\b|\bwo (?:kann|finde)\b"
    r"|怎么|怎麼|怎样|怎樣|如何|能不能自己|可以自己|可不可以|能否自己|什么流程|什麼流程|要多久|吗[?？]?$|嗎[?？]?$|行吗|行嗎"
    r"|(?:¿|\b)c[oó]mo\b|\bse puede\b|\bpuedo\b|\bes posible\b|\bhasta cu[aá]ndo\b|\bd[oó]nde\b"
    r"|\bcomment\b|\bpuis-je\b|\best-ce possible\b|\bpeut-on\b|\bon peut\b|\best-il possible\b|\bjusqu'[aà] quand\b"
    r"|\bкак (?:мне )?(?:отменить|изменить|поменять|сделать|вернуть|оформить|можно)\b|\bможно ли\b|\bмогу ли\b|\bвозможно ли\b|\bможно\b.*\?"
    r"|どうやって|どうすれば|方法|できますか|可能です?か|やり方|手順"
    r"|어떻게|방법|할 수 있(?:나요|어요|을까요)|가능한가요|가능해요|되나요"
)
# Plainly asking somebody to act.
_DO = re.compile(
    r"\b(?:please|pls|plz|kindly)\b|\b(?:can|could|would|will) (?:you|u|someone|somebody|anybody)\b|\bi (?:want|need|wish|would like|'d like) (?:you |to |it |this |my |the )"
    r"|\bi'd like\b|^(?:hi|hello|hey)?[,! ]*(?:cancel|change|remove|take|delete|stop|drop|send|update|correct|fix|switch|ask|contact|tell|translate|call|void|refund|exchange|replace|kill)\b"
    r"|\b(?:cancel|remove|change) (?:it|this|that|my|the|order|ord00|him)\b.*(?:\bnow\b|\basap\b|\bimmediately\b|\btoday\b|!|$)|\bget (?:it|this) (?:cancel|chang|remov)\w+"
    r"|\bbitte\b|\b(?:könn(?:t|en)|würde[tn]?) (?:ihr|sie|du|jemand)\b|\bich (?:möchte|will|brauche|wünsche)\b|\bsofort\b|^(?:storniert?|ändert?|nehmt|streicht|löscht|entfernt?)\w*|\bstornieren$|\bstornieren[.!]"
    r"|请|請|帮我|幫我|帮忙|幫忙|麻烦|麻煩|给我(?!看|说)|給我|我要|我想(?!知道|问|問)|替我|赶紧|趕緊|马上|馬上|^(?:取消|修改|改|撤销|撤單|撤单|退掉)"
    r"|\bpor favor\b|\b(?:pod[eé]is|puede[ns]?|podr[ií]an?|me pueden?|pueden)\b|\bquiero\b|\bnecesito\b|\bquisiera\b|^(?:cancela|cambia|quita|anula|elimina|modifica|traduc|contact)\w*"
    r"|\bs'?il (?:vous|te) pla[iî]t\b|\b(?:svp|stp)\b|\bpou(?:vez|rriez)[- ]vous\b|\bje (?:veux|voudrais|souhaite|désire)\b|\bmerci de\b|^(?:annul|chang|modifi|retir|supprim|enlev|tradui|contact)(?:ez|er|e)\b"
    r"|\bпожалуйста\b|\b(?:прошу|хочу|нужно|надо)\b|\b(?:отмените|измените|поменяйте|уберите|удалите|исправьте|переведите|свяжитесь|помогите|верните|сделайте|отмени|убери)\b|\bможете\b"
    r"|(?:して|お願い|ください|下さい|ほしい|欲しい|たい(?:です|のですが|んです)?(?:[。！!]|$)|くれ)"
    r"|주세요|주십시오|부탁|해\s?줘|바꿔|빼\s?줘|(?:하고|취소하고)\s?싶|할게요|해라"
)
_ORDER = re.compile(r"\bord00\b")
_NOT_THIS = re.compile(
    r"(?:not|no|instead of|statt|nicht|kein|no en|pas|au lieu de|не|вместо|不要|不是|别|ではなく|じゃなく|말고)\s*(?:in |en |на |auf )?$"
)

_MORE = {
    "en": "english anglais inglés ingles englisch английск англ 英文 英语 英語 英 영어 ingilizce inglese eng",
    "zh-Hans": "chinese mandarin chinesisch chino chinois китайск 中文 普通话 普通話 汉语 漢語 国语 國語 简体 簡體 简体中文 中国語 중국어 simplified chinese",
    "zh-Hant": "cantonese kantonesisch cantonés cantonais кантонск 粤语 粵語 广东话 廣東話 白话 繁体 繁體 繁体中文 繁體中文 正體 正體中文 traditional chinese 광둥어 広東語",
    "de": "german deutsch alemán aleman allemand немецк 德语 德語 德文 ドイツ語 독일어",
    "fr": "french französisch francés frances français francais французск 法语 法語 法文 フランス語 프랑스어",
    "es": "spanish spanisch español espanol castellano espagnol испанск 西班牙语 西班牙語 西语 スペイン語 스페인어",
    "ru": "russian russisch ruso russe русск по-русски 俄语 俄語 俄文 ロシア語 러시아어",
    "ja": "japanese japanisch japonés japones japonais японск 日语 日語 日文 日本語 일본어 일어",
    "ko": "korean koreanisch coreano coréen coreen корейск 韩语 韓語 韩文 韓文 韓国語 한국어 한국말",
    "pt": "portuguese portugiesisch portugués portugues portugais português португальск 葡萄牙语 葡语 ポルトガル語 포르투갈어",
    "it": "italian italienisch italiano italien итальянск 意大利语 イタリア語 이탈리아어",
    "ar": "arabic arabisch árabe arabe арабск 阿拉伯语 アラビア語 아랍어 العربية",
    "tr": "turkish türkisch turco turc турецк 土耳其语 トルコ語 터키어 türkçe",
    "vi": "vietnamese vietnamesisch vietnamita vietnamien вьетнамск 越南语 越南語 ベトナム語 베트남어 tiếng việt",
    "th": "thai thailändisch tailandés thaï тайск 泰语 泰語 泰文 タイ語 태국어 ไทย ภาษาไทย",
    "id": "indonesian indonesisch indonesio indonésien индонезийск 印尼语 印尼文 インドネシア語 인도네시아어 bahasa",
}  # fmt: skip


def wants_done(text: str) -> bool:
    """Whether a normalised text asks for the thing to be done ("cancel ord00 now") rather than how it is done."""
    if _HOW.search(text.strip()):
        return False
    return bool(_DO.search(text.strip()) or _ORDER.search(text))


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for locale in LOCALES:
        spoken = Locale.parse(locale).languages
        for code in LANGUAGES:
            name = spoken.get(code.replace("-", "_")) or spoken.get(code)
            if name:
                names[name.lower()] = code
    for code, more in _MORE.items():
        names.update(dict.fromkeys(more.split(), code))
    names |= {"simplified chinese": "zh-Hans", "traditional chinese": "zh-Hant", "chinese": "zh-Hans"}
    return {name: code for name, code in names.items() if len(name) > 1 or name == "英"}


@cache
def _spoken() -> re.Pattern[str]:
    alternatives = "|".join(re.escape(name) for name in sorted(_names(), key=len, reverse=True))
    return (
        re.compile(rf"(?<![^\W\d_]){alternatives}") if not alternatives else re.compile(f"(?:{alternatives})")
    )


def asked_language(text: str) -> str | None:
    """The language that a normalised text asks to go on in, if it names one."""
    for match in _spoken().finditer(text):
        alone = (
            not text[match.start() - 1 : match.start()].isascii()
            or not text[max(0, match.start() - 1)].isalpha()
            or match.start() == 0
        )
        if alone and not _NOT_THIS.search(text[: match.start()]):
            return _names()[match.group()]
    return None


def prepare() -> None:
    """Load the tables now, so that the first message need not wait for them."""
    _spoken()
