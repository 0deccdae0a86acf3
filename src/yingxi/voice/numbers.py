"""English numbers as words: cardinals, ordinals, years, decimals."""

ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = [
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
]  # fmt: skip
THOUSANDS = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [ONES[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10])
        rest %= 10
    if rest:
        words.append(ONES[rest])
    return words


def cardinal(number: int) -> str:
    """``1204`` as ``one thousand two hundred four``; numbers past the quintillions digit by digit."""
    if number == 0:
        return ONES[0]
    if number >= 1000 ** len(THOUSANDS):
        return digits(str(number))
    groups: list[int] = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    words: list[str] = []
    for power in reversed(range(len(groups))):
        if groups[power]:
            words += [*_below_thousand(groups[power]), THOUSANDS[power]]
    return " ".join(word for word in words if word)


def ordinal(number: int) -> str:
    """``21`` as ``twenty first``."""
    words = cardinal(number).split()
    last = words[-1]
    words[-1] = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join(words)


def year(number: int) -> str:
    """``1842`` as ``eighteen forty two``, ``1905`` as ``nineteen oh five``, ``2004`` as ``two thousand four``."""
    century, rest = divmod(number, 100)
    if not 1100 <= number <= 2999 or number % 1000 < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """``007`` as ``zero zero seven``."""
    return " ".join(ONES[int(digit)] for digit in text)


def decimal(whole: str, fraction: str) -> str:
    """``3.14`` as ``three point one four``."""
    return f"{cardinal(int(whole or 0))} point {digits(fraction)}"


def roman(text: str) -> int:
    """The value of a Roman numeral of any case, 0 if it is none."""
    total = 0
    values = [ROMAN.get(letter, 0) for letter in text.lower()]
    if 0 in values:
        return 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total
