"""How long words take to say, and sentences short enough to be said in one shot."""

import re

from yingxi.core.story import Language

WORDS_A_SECOND = 2.6
CHARACTERS_A_SECOND = 4.2
PAUSE = 0.6
"""Seconds of a shot around its words."""
SHORTEST = 2.5
"""Seconds of a shot, however little is said in it."""

_ZH_CLAUSE = re.compile("[；：—]|，(?=却|那|这|但|只见|遂|因|所以|于是|就|便|又|才|也|一|忽|他|她|还|再)")
_EN_CLAUSE = re.compile(r"[;:—]|, (?=(?:and|but|for|so|while|when|until|which|who|as|where)\b)")
_UNFINISHED = re.compile("(?:时|时节|之际|之后|以后|之前|以前|[的之]|因为?|虽然?|若|如果)$")
_ASIDE = re.compile(r"\s*—(?=\w)[^—.!?]{3,120}?(?<=\w)—\s*(?=[a-z]|I\b)")
_SUBORDINATE = re.compile(
    r"(?:(?:But|And|So|Then|For),? )?"
    r"(?:when|while|as|if|although|though|because|after|before|since|until|in order|having"
    r"|with|without|beyond|by|from|of|upon|under)\b",
    re.IGNORECASE,
)
_MAIN = re.compile(r", (?:I|he|she|it|they|we|you|the|a|an|his|her|there|[A-Z]\w+)\b")
_ZH = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+")


def speaking_seconds(text: str, language: Language) -> float:
    """An estimate; the voice says how long it really takes."""
    if language == "zh":
        return len(_ZH.findall(text)) / CHARACTERS_A_SECOND
    return len(text.split()) / WORDS_A_SECOND


def clean(text: str, language: Language) -> str:
    """One line, without asides in brackets and without marks that are not spoken."""
    text = re.sub(r"\s+", "" if language == "zh" else " ", text)
    text = re.sub(r"\s*[(（][^()（）]*[)）]|\s*【[^】]*】|\[[^\]]*\]", "", text)
    if text.count("(") != text.count(")") or text.count("（") != text.count("）"):
        text = re.sub("[()（）]", "", text)
    text = re.sub(r"[_*□]+", "", text).replace("--", "—")
    return re.sub(r"\s+([,.;:!?])", r"\1", text).strip()


def ended(text: str, language: Language) -> str:
    """With a full stop where a sentence was cut."""
    text = text.rstrip(" ,;:—-，；：、")
    if text and text[-1] not in ".!?…。！？”’\"'":
        text += "。" if language == "zh" else "."
    return text


def halves(text: str, language: Language, anywhere: bool) -> tuple[str, str] | None:
    """A long text cut in two where one may breathe, nearest to its middle: after a sentence, or, with `anywhere`,
    after a clause. None where there is no such place in its middle third or so."""
    ends = [
        m.end()
        for m in re.finditer(
            r"(?<!\b[DM]r)(?<!\bMrs)(?<!\bSt)[。！？!?….][”’」』\"']?(?:\s+|(?<=[。！？”」』]))", text
        )
    ]
    if anywhere:
        ends += [m.end() for m in re.finditer(r"[;；：—，\n]\s*|, (?=(?:and|but|for|so|while|until|as)\b)", text)]
    middle = [at for at in ends if 0.3 * len(text) <= at <= 0.7 * len(text)]
    if not middle:
        return None
    at = min(middle, key=lambda end: abs(end - len(text) / 2))
    return text[:at].strip(), text[at:].strip()


def shortened(text: str, language: Language, seconds: float, anywhere: bool = False) -> str | None:
    """The first clauses of a sentence that can be said in `seconds`, or None where they make no sentence.

    English is cut before a clause of its own (after a semicolon, or a comma and *and*, *but*, *for*...), so that what
    stands first can stand alone; Chinese too, or, with `anywhere`, in its second half at any comma.
    """
    if speaking_seconds(text, language) <= seconds:
        return text
    if language == "en":
        # An aside between dashes goes first.
        text = _ASIDE.sub(" ", text)
        if speaking_seconds(text, language) <= seconds:
            return text
    if language == "zh":
        breaks = [m.start() for m in _ZH_CLAUSE.finditer(text)]
        if anywhere:
            # Not before what one changes into: 摇身一变，变做女儿 says nothing without it.
            breaks += [m.start() for m in re.finditer("[，；：—](?![变作成])", text)]
            breaks.sort()
            breaks = [b for b in breaks if speaking_seconds(text[:b], language) > 0.5 * seconds]
    else:
        breaks = [m.start() for m in _EN_CLAUSE.finditer(text)]
    for at in reversed(breaks):
        part = text[:at]
        if speaking_seconds(part, language) > seconds:
            continue
        if len(part) < (8 if language == "zh" else 24) or part.count('"') % 2 or part.count("“") != part.count("”"):
            return None
        if language == "zh" and _UNFINISHED.search(part):
            continue
        if language == "en" and _SUBORDINATE.match(part) and not _MAIN.search(part):
            continue
        return ended(part, language)
    return None
