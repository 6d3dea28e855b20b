"""Personal data: e-mail addresses, phone numbers, payment cards (Luhn) and bank accounts (IBAN). Masked in display.

Addresses and numbers reserved for documentation (RFC 2606, 555-01xx) and payment providers' test cards are left alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from curation.checks import check
from curation.checks.reading import Hit, Row, judged
from curation.progress import Progress
from curation.records import Clusters, Dataset, Findings


@dataclass(frozen=True)
class Settings:
    email: bool = field(default=True, metadata={"help": "Look for e-mail addresses"})
    phone: bool = field(default=True, metadata={"help": "Look for phone numbers"})
    card: bool = field(default=True, metadata={"help": "Look for payment cards"})
    iban: bool = field(default=True, metadata={"help": "Look for bank accounts"})


EMAIL = re.compile(r"(?<![\w.+/:@-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w@-])")
_MADE_UP = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost|domain|email|company|yourdomain|mail)\.\w+$|\.(?:example|test"
    r"|invalid)$|^git@",
    re.I,
)
# +country, or (area) 3-4, or a word that says it is a phone number
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+[1-9]\d{0,2}(?:[ .-]?\(?0?\)?[ .-]?\d{1,4}){2,6}|\(\d{2,5}\)[ .-]?\d{3,4}[ .-]\d{3,4}"
    r"|\d{3}[.-]\d{3}[.-]\d{4}"
    r"|(?<=\b)(?:(?i:phone|tel|telephone|mobile|cell|call(?: me)?(?: at| on)?|whatsapp"
    r"|fax)[:. ]{1,3})\(?\d[\d ().-]{6,14}\d)(?![\w-])"
)
CARD = re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d){8,14}\d(?![\w-]|\.\d)")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
# Stripe's, PayPal's and Adyen's documented test cards
TEST_CARDS = frozenset(
    re.findall(
        r"\d+",
        "4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 5105105105105100 "
        "2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 30569309025904 "
        "38520000023237 3530111333300000 3566002020360505 4000000000000002 4222222222222",
    )
)
# length of an IBAN by country (SWIFT registry), the countries met most
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "TR": 26, "AE": 23, "BR": 29, "UA": 29,
}  # fmt: skip


@check("pii", "Personal data", settings=Settings())
def pii(dataset: Dataset, clusters: Clusters, settings: Settings, seed: int, progress: Progress) -> Findings:
    """One finding a row with personal data; neither message nor evidence repeats it."""
    wanted = [kind for kind in FINDERS if getattr(settings, kind)]

    def rule(row: Row) -> Hit | None:
        seen = [
            {"field": name, "kind": kind, "masked": masked(value)}
            for name in ("input", "output")
            for kind in wanted
            for value in FINDERS[kind](getattr(row, name))
        ]
        if not seen:
            return None
        kinds = sorted({one["kind"] for one in seen})
        message = f"This row holds personal data: {', '.join(NAMES[kind] for kind in kinds)}."
        return Hit(max(SURE[kind] for kind in kinds), message, {"found": seen})

    return judged("pii", dataset, rule, progress)


def masked(value: str) -> str:
    """The value with all but its first two characters hidden, its length kept up to 12."""
    return value[:2] + "•" * min(10, max(1, len(value) - 2))


def emails(text: str) -> list[str]:
    """E-mail addresses, those reserved for documentation left out."""
    return [found for found in EMAIL.findall(text) if not _MADE_UP.search(found)] if "@" in text else []


def phones(text: str) -> list[str]:
    """Phone numbers written as such (country code, brackets, or a word before), 7 to 15 digits (E.164)."""
    found = []
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        # 555-0100 to 555-0199 are reserved for fiction; 555 is no exchange
        if (
            7 <= len(digits) <= 15
            and "55501" not in digits
            and "555555" not in digits
            and not re.search(r"123456|(\d)\1{6}", digits)
        ):
            found.append(match.group())
    return found


def cards(text: str) -> list[str]:
    """Payment card numbers: issuer prefix, length, Luhn's check digit (ISO/IEC 7812); known test cards left out."""
    found = []
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if digits not in TEST_CARDS and issued(digits) and luhn(digits) and len(set(digits)) > 3:
            found.append(match.group())
    return found


def issued(digits: str) -> bool:
    """Whether prefix and length are those of Visa, Mastercard, American Express, Diners, Discover or JCB."""
    lengths = {
        "34": {15},
        "37": {15},
        "30": {14},
        "36": {14},
        "38": {14},
        "35": {16},
        "60": {16},
        "64": {16},
        "65": {16},
    }
    if digits[0] == "4":
        return len(digits) in (13, 16, 19)
    if digits[0] == "5":
        return len(digits) == 16 and digits[1] in "12345"
    return len(digits) in lengths.get(digits[:2], set())


def luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's check digit of the others."""
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def ibans(text: str) -> list[str]:
    """Bank accounts: country, length and check digits (ISO 13616, modulo 97)."""
    found = []
    for match in IBAN.finditer(text):
        # what follows an IBAN may look like one more group of it
        packed = match.group().replace(" ", "")
        packed = packed[: IBAN_LENGTHS.get(packed[:2], 0)]
        if (
            packed
            and len(packed) == IBAN_LENGTHS[packed[:2]]
            and int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1
        ):
            found.append(packed)
    return found


FINDERS: dict[str, Callable[[str], list[str]]] = {"email": emails, "phone": phones, "card": cards, "iban": ibans}
NAMES = {"email": "an e-mail address", "phone": "a phone number", "card": "a payment card", "iban": "a bank account"}
SURE = {"email": 0.8, "phone": 0.7, "card": 0.95, "iban": 0.95}
"""A check digit is right by chance once in 10 (Luhn) or 97 (IBAN), after prefix and length; a phone number has none."""
