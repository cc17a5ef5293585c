"""Checksums and shapes of Chinese identity and bank-card numbers."""

from __future__ import annotations

import re
import unicodedata

# GB 11643-1999: weights are 2^(17-i) mod 11; the check character is looked up by the sum mod 11.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# First two digits, GB/T 2260: the provinces, and 81 to 83 for residence permits.
_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_BIRTHDAY = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_DAY = re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# UnionPay, Visa, Mastercard, JCB, Amex and the older bank ranges that start with 9.
_CARD_PREFIX = re.compile(r"62|60|68|4|5[1-5]|35|3[47]|9[0-9]")


def is_resident_id(written: str) -> bool:
    """Say whether the 18 characters pass the region, date and check of GB 11643."""
    number = _bare(written).upper()
    if not (_REGION.match(number) and _BIRTHDAY.fullmatch(number[6:14])):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[-1]


def is_old_resident_id(written: str) -> bool:
    """Say whether the 15 digits have the region and birthday of a first-generation card."""
    number = _bare(written)
    return bool(_REGION.match(number) and _DAY.fullmatch(number[8:12]))


def is_bank_card(written: str) -> bool:
    """Say whether the number starts like a bank card and passes Luhn's check."""
    number = _bare(written)
    if not _CARD_PREFIX.match(number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _bare(written: str) -> str:
    """Keep the digits and X, in half width."""
    return re.sub(r"[^0-9Xx]", "", unicodedata.normalize("NFKC", written))
