"""The codes of recordings and releases: checked, never invented."""

import re

from tapeloom.core.errors import InputError

_ISRC = re.compile(r"([A-Z]{2})-?([A-Z0-9]{3})-?(\d{2})-?(\d{5})")


def check_isrc(text: str) -> str:
    """Return an ISRC without hyphens: country, registrant, year and number (ISO 3901).

    >>> check_isrc("us-rc1-76-07839")
    'USRC17607839'
    """
    match = _ISRC.fullmatch(text.strip().upper())
    if match is None:
        raise InputError(
            f"{text!r} is no ISRC; it has two letters, three letters or digits, "
            "two digits of the year and five of the number, such as US-RC1-76-07839"
        )
    return "".join(match.groups())


def next_isrcs(first: str, count: int) -> tuple[str, ...]:
    """Return an ISRC and those that follow it, for the tracks of an album.

    >>> next_isrcs("USRC17607839", 2)
    ('USRC17607839', 'USRC17607840')
    """
    code = check_isrc(first)
    stem, number = code[:7], int(code[7:])
    if number + count > 100_000:
        raise InputError(f"{first} leaves {100_000 - number} numbers of its year, not {count}")
    return tuple(f"{stem}{number + i:05d}" for i in range(count))


def check_digit(digits: str) -> int:
    """Return the last digit of a GTIN for the digits before it (GS1 General Specifications).

    >>> check_digit("03600029145"), check_digit("400638133393")
    (2, 1)
    """
    weights = (3 if i % 2 == 0 else 1 for i in range(len(digits)))
    total = sum(int(digit) * w for digit, w in zip(reversed(digits), weights, strict=True))
    return -total % 10


def check_upc(text: str) -> str:
    """Return a UPC (12 digits) or EAN (13) without spaces and hyphens, its check digit right.

    >>> check_upc("0 36000 29145 2")
    '036000291452'
    """
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"\d{12,13}", digits, re.ASCII):
        raise InputError(f"{text!r} is no UPC or EAN; it has 12 or 13 digits")
    right = check_digit(digits[:-1])
    if int(digits[-1]) != right:
        raise InputError(f"{text!r} ends in {digits[-1]}; its check digit would be {right}")
    return digits
