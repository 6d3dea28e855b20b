"""Personal data and keys in a text: where they stand, and the text with them masked.

E-mail addresses, phone numbers, payment cards (Luhn), bank accounts (IBAN), and keys and tokens by their published
formats. Addresses and numbers reserved for documentation (RFC 2606, 555-01xx), payment providers' test cards and keys
that are plainly made up are nobody's and stay.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any


@dataclass(frozen=True)
class Private:
    """One thing to mask: `kind` is email, phone, card, iban or secret; `name` is a secret's format."""

    kind: str
    start: int
    end: int
    text: str
    name: str = ""


_SPACED = "[ \u00a0\u202f-]?"
EMAIL = re.compile(
    r"(?<![\w.+@-])[^\W_][\w.+'%-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,4}[^\W\d_]{2,24}(?![\w@-]|\(|:[/~]|\[\d|\.\w)"
)
_MADE_UP = re.compile(
    r"@(?:[\w-]+\.)*(?:example|test|invalid|localhost|domain|company|your-?(?:domain|company|email))\.\w+$"
    r"|@(?:e?mail|website|site|host|server)\.com$|\.(?:example|test|invalid|localhost|local)$|^git@"
    r"|^(?:you|user|username|name|e?mail|someone|somebody|your[._-]?(?:name|e?mail|user))@",
    re.I,
)
SPELT_EMAIL = re.compile(
    r"\b[\w.+-]{2,64}\s?(?:\bat\b|\[at\]|\(at\))\s?[\w-]{2,63}\s?(?:\bdot\b|\[dot\]|\(dot\))\s?[a-z]{2,6}\b", re.I
)
_IN_ADDRESS = re.compile(r"://[^\s@]*$")
_SAID = (
    r"(?i:phone|tel|telephone|mobile|cell|call(?: me| us)?(?: at| on)?|text(?: me)? at|whatsapp|fax|t[ée]l[ée]phone"
    r"|(?:my|our) number|reach me (?:at|on)|tél|telefon|handy|tel[ée]fono|m[óo]vil)"
    r"(?i: numbers?| no\.?| nr\.?)?(?i: is)?[:. ]{1,3}"
)
# +country, 00country, (area) 3-4, the North American 3-3-4, or a word that says it is a phone number
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+[1-9]\d{0,2}(?:[ .-]?\(?0?\)?[ .-]?\d{1,4}){2,6}"
    r"|00[1-9]\d{0,2}[ ./-]\(?\d{1,5}\)?(?:[ ./-]?\d{2,4}){1,4}"
    r"|\(\d{2,5}\)[ .-]?\d{3,4}[ .-]\d{3,4}|\d{3}[.-]\d{3}[.-]\d{4}"
    rf"|(?<=\b){_SAID}(?P<said>[(+]?\d[\d ()./-]{{5,18}}\d))(?![\w-]|\.\d)"
)
# without a country, in the grouping of the countries below: 06 12 34 85 76, 0171 2983746, 030/901820, 020 7946 0958;
# 02139-4307 is a postal code of the United States
NATIONAL = re.compile(
    r"(?<![\w.,:/+-])(?<!\d )(?!\d{5}-\d{4}(?!\d))"
    r"(?:0[1-9](?:(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|(?:[\u00a0\u202f]\d\d){4})"
    r"|0[1-9](?:\d{1,4}(?: ?[/-] ?|[ \u00a0\u202f])[1-9]\d|[ \u00a0\u202f/-][1-9]\d\d)\d{0,7}"
    r"(?:[ \u00a0\u202f-]\d{2,4}){0,4})(?![\w/-]|[.,:]\d|[ \u00a0\u202f]\d)"
)
REGIONS = ("FR", "DE", "CH", "AT", "BE", "NL", "IT", "GB")
"""Countries whose numbers begin with a 0 at home: one that none of them has given out is no phone number."""
SHORTEST_NATIONAL, LONGEST_NATIONAL = 9, 12
"""Digits of such a number with its 0; shorter ones look like dates, prices and codes."""
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:orders?|invoice|ticket|case|claim|policy|contract|customer|account|tracking|article|item|part|serial"
    r"|reference|ref|id|commande|facture|dossier|contrat|client|sinistre|police|compte|suivi|r[ée]f[ée]rence|siren|siret)"
    r"|(?:bestell|auftrag|rechnung|kunden|vertrag|schaden|police|sendung|artikel|vorgang|akten|serien|konto|referenz)\w*)"
    r"[ \u00a0-]?(?:numbers?|no|nr|nummer|num[ée]ro|n[°ºo]|num|code|id|zeichen)?"
    r"[ .:#\u00a0]{0,3}(?:is|ist|est|lautet)?[ :]*$",
    re.I,
)
CARD = re.compile(rf"(?<![\w.-])(?:[2-6]\d{{3}}(?:{_SPACED}\d){{9,14}}\d|[2-6]\d{{3}}(?:\.\d{{4}}){{3}})(?![\w-]|\.\d)")
IBAN = re.compile(
    rf"(?<!\w)[A-Z]{{2}}\d{{2}}(?:{_SPACED}[A-Z0-9]{{4}}){{2,7}}(?:{_SPACED}[A-Z0-9]{{1,3}})?(?!\w)", re.I
)
# Stripe's, PayPal's and Adyen's documented test cards
TEST_CARDS = frozenset(
    re.findall(
        r"\d+",
        "4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 5105105105105100 "
        "2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 30569309025904 "
        "38520000023237 3530111333300000 3566002020360505 4000000000000002 2223000048400011 6200000000000005",
    )
)
# lengths of a card by how its number starts: the issuers' published ranges (ISO/IEC 7812)
CARD_LENGTHS = {
    "34": (15,), "37": (15,), "30": (14,), "36": (14,), "38": (14,), "35": (16,), "60": (16,), "64": (16,),
    "65": (16,), "62": (16, 17, 18, 19), **dict.fromkeys(("51", "52", "53", "54", "55"), (16,)),
    **dict.fromkeys(map(str, range(22, 28)), (16,)), **dict.fromkeys(map(str, range(40, 50)), (16, 19)),
}  # fmt: skip

SHORTEST_IBAN, LONGEST_IBAN = 15, 34
"""Characters of an IBAN (ISO 13616); Norway's are the shortest."""
LEFT_OUT = {
    **dict.fromkeys(("Base64HighEntropyString", "HexHighEntropyString"), "entropy"),
    **dict.fromkeys(("CloudantDetector", "IbmCloudIamDetector"), "a vendor's word beside a value, and slow"),
    **dict.fromkeys(("IbmCosHmacDetector", "SoftlayerDetector"), "a vendor's word beside a value, and slow"),
    "KeywordDetector": "a word such as password beside anything",
    "IPPublicDetector": "an address is no secret",
    "ArtifactoryDetector": "matches any word of capitals that starts with AP or AKC",
    "PrivateKeyDetector": "finds the header, not the key: see FORMATS",
    "NpmDetector": "takes the rest of the line for the token: see FORMATS",
    "JwtTokenDetector": "leaves the signature out, and takes time by the square of a long text: see FORMATS",
}
"""Plug-ins of detect-secrets that are not used, and why."""
FORMATS = {
    "Private Key": (
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[rn])*(?:[\w-]+: [^\n]*\s+)*"
        r"[A-Za-z0-9+/=]{40,}(?:(?:\s|\\[rn])+[A-Za-z0-9+/=]{40,})*"
        r"(?:(?:\s|\\[rn])+[A-Za-z0-9+/=]{1,76}(?=(?:\s|\\[rn])*-----END))?"
        r"(?:(?:\s|\\[rn])*-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?",
    ),
    "JSON Web Token": ("eyJ", r"(?<![\w-])eyJ[\w-]{8,}={0,2}\.eyJ[\w-]{4,}={0,2}(?:\.[\w-]*)?"),
    "GitHub Token": ("github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    "Google API Key": ("AIza", r"AIza[A-Za-z0-9_-]{35}"),
    "Anthropic Key": ("sk-ant-", r"sk-ant-[a-z0-9]{3,8}-[A-Za-z0-9_-]{80,120}"),
    "OpenAI Token": ("sk-", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}"),
    "Hugging Face Token": ("hf_", r"hf_[A-Za-z]{34}"),
    "NPM Token": ("npm_", r"npm_[A-Za-z0-9]{36}"),
    "DigitalOcean Token": ("_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    "Shopify Token": ("shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
}
"""Formats that detect-secrets does not know, or not to their end, as their vendors publish them.

Each with letters that a text without it mostly lacks.
"""
_FORMATS = [(name, sign, re.compile(rf"(?<![A-Za-z0-9]){pattern}")) for name, (sign, pattern) in FORMATS.items()]
# AWS marks its documentation keys so; runs of one character and "your key" stand for a key
_NOT_REAL = re.compile(
    r"example|your|xxx|\*\*\*|<|\.\.\.|1234567890|abcdefgh|(.)\1{7}|placeholder|password|secret|:pass@|user:"
    # the signature of the token by which jwt.io explains the format
    r"|SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    re.I,
)


# without an @, seven digits near one another or a long word that is not just small letters there is nothing to find
_WORTH = re.compile(
    r"@|(?i:\bdot\b)|(?:\d\D{0,4}){6}\d|(?<![\w+/=.-])(?=[\w+/=.-]{20})[a-z_.-]*[A-Z0-9+/=]|PRIVATE KEY"
)
SUREST = ("secret", "card", "iban", "email", "phone")
"""The kinds, surest first: where two overlap the surer names both."""


def mask(text: str) -> str:
    """The text with every private thing replaced by its kind in brackets, such as [email]; all else as it was.

    Masking twice changes nothing, and a text without such things comes back as it is.
    """
    # what stood right before or behind a masked thing may only now stand on its own
    while spans := _apart(private(text)):
        pieces, done = [], 0
        for one in spans:
            pieces += [text[done : one.start], f"[{one.kind}]"]
            done = one.end
        text = "".join([*pieces, text[done:]])
    return text


def mask_traced(text: str) -> tuple[str, list[int]]:
    """As `mask`, and for each character of the masked text where what it stands for begins in the text."""
    origins = list(range(len(text)))
    while spans := _apart(private(text)):
        pieces, placed, done = [], [], 0
        for one in spans:
            said = f"[{one.kind}]"
            pieces += [text[done : one.start], said]
            placed += [*origins[done : one.start], *[origins[one.start]] * len(said)]
            done = one.end
        text, origins = "".join([*pieces, text[done:]]), [*placed, *origins[done:]]
    return text, origins


def masked(value: str) -> str:
    """The value with all but its first two characters hidden, its length kept up to 12."""
    return value[:2] + "•" * min(10, max(1, len(value) - 2))


def private(text: str) -> list[Private]:
    """Every private thing in the text; they may overlap."""
    return [*secrets(text), *personal(text)] if _WORTH.search(text) else []


def personal(text: str, kinds: Sequence[str] = ("card", "iban", "email", "phone")) -> list[Private]:
    """The personal data of these kinds in the text."""
    return [Private(kind, *span) for kind in kinds for span in FINDERS[kind](text)]


def secrets(text: str, examples: bool = False) -> list[Private]:
    """Keys and tokens in the text; with `examples` also those that look made up for documentation."""
    seen = [*_formatted(text), *_by_plugins(text)]
    return [one for whole, one in seen if examples or not _NOT_REAL.search(whole)]


def secret_formats() -> list[re.Pattern[str]]:
    """Every pattern by which `secrets` finds something."""
    return [*(pattern for _, _, pattern in _FORMATS), *(each for _, plugin in _plugins() for each in plugin.denylist)]


Span = tuple[int, int, str]  # start, end, and the text between


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, those reserved for documentation left out."""
    for match in EMAIL.finditer(text) if "@" in text else ():
        # behind :// stand a name and a password, which are a secret or none
        before = text[max(0, match.start() - 200) : match.start()]
        if not _MADE_UP.search(match.group()) and not (before[-1:] in "/:" and _IN_ADDRESS.search(before)):
            yield match.start(), match.end(), match.group()
    for match in SPELT_EMAIL.finditer(text) if "dot" in text.casefold() else ():
        yield match.start(), match.end(), match.group()


def phones(text: str) -> Iterator[Span]:
    """Phone numbers written as such (country code, brackets, or a word before), 7 to 15 digits (E.164), and those in
    the form of their own country.

    Where the country is named the number must be one that it has given out (libphonenumber).
    """
    known = list(_written_as_such(text))
    yield from known
    for start, end, number in _national_ones(text):
        if not any(start < other_end and other < end for other, other_end, _ in known):
            yield start, end, number


def _national_ones(text: str) -> Iterator[Span]:
    """Numbers as people write them to their own country, whichever of `REGIONS` it is: a row of one language may hold
    the number of another, and a row alone is often too short to tell its language."""
    for match in NATIONAL.finditer(text):
        number, groups = match.group(), re.findall(r"\d+", match.group())
        digits = "".join(groups)
        if not SHORTEST_NATIONAL <= len(digits) <= LONGEST_NATIONAL or re.search(r"(\d)\1{6}", digits):
            continue
        # five numbers of a lottery, rising up to 50; blocks of four, as on cards and devices
        drawn = len(groups) == 5 and groups == sorted(set(groups)) and groups[-1] <= "50"
        blocks = len(groups) > 2 and {len(group) for group in groups} == {4}
        named = _OTHER_NUMBER.search(text, max(0, match.start() - 40), match.start())
        if not (drawn or blocks or named) and not _counted_up(number, digits, digits[1:]) and _is_given_out(digits):
            yield match.start(), match.end(), number


def _is_given_out(digits: str) -> bool:
    """Whether one of `REGIONS` has such a number (libphonenumber)."""
    import phonenumbers

    def valid(region: str) -> bool:
        try:
            return phonenumbers.is_valid_number_for_region(phonenumbers.parse(digits, region), region)
        except phonenumbers.NumberParseException:
            return False

    return any(map(valid, REGIONS))


def _written_as_such(text: str) -> Iterator[Span]:
    for match in PHONE.finditer(text):
        said = "said" if match.group("said") else 0
        digits = re.sub(r"\D", "", match.group(said))
        if not 7 <= len(digits) <= 15:
            continue
        national = _national(match.group(said))
        # 555-0100 to 555-0199 are reserved for fiction; 555 is no exchange
        reserved = "55501" in digits or "555555" in digits or re.search(r"(\d)\1{6}", digits)
        made_up = not national or reserved or _counted_up(match.group(said), digits, national)
        # a pair of coordinates
        place = re.match(r"\+\d{1,3}\.\d{3,}[ ,-]", match.group())
        # a round sum with a plus
        if not made_up and not place and not digits.endswith("00000"):
            yield match.start(said), match.end(said), match.group(said)


def _national(number: str) -> str:
    """The digits of a number without those of its country; "" where the country has no such numbers (libphonenumber).

    All digits where no country is named.
    """
    digits = re.sub(r"\D", "", number)
    if not number.startswith(("+", "00")):
        return digits
    import phonenumbers

    try:
        parsed = phonenumbers.parse("+" + digits.removeprefix("00"))
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.national_significant_number(parsed) if phonenumbers.is_valid_number(parsed) else ""


def _counted_up(number: str, digits: str, national: str) -> bool:
    """Whether somebody counted up from 1 where a group of digits begins: (555) 123-4567, but not +91 23456 78901."""
    starts = {len(digits) - len(national)}
    at = 0
    for group in re.findall(r"\d+", number):
        starts |= {at, at + (group[0] == "0")}
        at += len(group)
    return any(digits.startswith("123456", start) for start in starts)


def cards(text: str) -> Iterator[Span]:
    """Payment card numbers: issuer prefix, length, Luhn's check digit (ISO/IEC 7812); known test cards left out."""
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if digits not in TEST_CARDS and issued(digits) and luhn(digits) and len(set(digits)) > 3:
            yield match.start(), match.end(), match.group()


def issued(digits: str) -> bool:
    """Whether prefix and length are those of a card issuer."""
    return len(digits) in CARD_LENGTHS.get(digits[:2], ())


def luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's check digit of the others."""
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def ibans(text: str) -> Iterator[Span]:
    """Bank accounts: country, length, form and check digits (ISO 13616, by schwifty's copy of the SWIFT registry)."""
    for match in IBAN.finditer(text):
        packed = "".join(filter(str.isalnum, match.group())).upper()
        # what follows an IBAN may look like one more group of it
        lengths = range(min(LONGEST_IBAN, len(packed)), SHORTEST_IBAN - 1, -1) if packed.isascii() else ()
        length = next((n for n in lengths if _is_iban(packed[:n])), 0)
        if length:
            places = (n for n in range(*match.span()) if text[n].isalnum())
            end = next(islice(places, length - 1, None)) + 1
            yield match.start(), end, text[match.start() : end]


def _is_iban(packed: str) -> bool:
    if int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 != 1:
        return False
    from schwifty import IBAN as CHECKED

    return bool(CHECKED(packed, allow_invalid=True).is_valid)


FINDERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "email": emails,
    "phone": phones,
    "card": cards,
    "iban": ibans,
}


def _formatted(text: str) -> Iterator[tuple[str, Private]]:
    for name, sign, pattern in _FORMATS:
        for match in pattern.finditer(text) if sign in text else ():
            # runs of one letter are usual in a key block, whose form leaves no doubt
            whole = "" if name == "Private Key" else match.group()
            yield whole, Private("secret", *match.span(), match.group(), name)


def _by_plugins(text: str) -> Iterator[tuple[str, Private]]:
    for name, plugin in _plugins():
        # line by line, as the plug-ins want it, is slow; most texts hold nothing
        if not any(pattern.search(text) for pattern in plugin.denylist):
            continue
        start = 0
        for line in text.splitlines(keepends=True):
            if any(plugin.analyze_string(line)):
                for match in _whole(plugin, line):
                    group = 1 if name in WITHIN and match.lastindex else 0
                    where = start + match.start(group), start + match.end(group)
                    yield match[WITHIN.get(name, 0) and group], Private("secret", *where, match[group], name)
            start += len(line)


WITHIN = {"Basic Auth Credentials": 0, "AWS Access Key": 1}
"""Formats whose first group is the secret itself, and by which group (0: all) it is seen to be made up."""


def _whole(plugin: Any, line: str) -> Iterator[re.Match[str]]:
    # the plug-in may give a part only, such as the prefix
    for pattern in plugin.denylist:
        for match in pattern.finditer(line):
            # in the middle of a longer word it is a piece of something else
            if match.start() == 0 or not line[match.start() - 1].isalnum() or match.group().startswith(":"):
                yield match


@cache
def _plugins() -> list[tuple[str, Any]]:
    shown = warnings.showwarning
    # a fifth of a second, and a command that opens a project for something else looks for no keys
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    if warnings.showwarning is not shown:  # it sends every warning of the whole process to a log that nobody reads
        logging.captureWarnings(False)
    classes: Mapping[str, Any] = get_mapping_from_secret_type_to_class()
    return [(kind, made()) for kind, made in sorted(classes.items()) if made.__name__ not in LEFT_OUT]


def _apart(found: list[Private]) -> list[Private]:
    """The spans in order of place, those that overlap joined under the surest kind."""
    joined: list[Private] = []
    for one in sorted(found, key=lambda one: (one.start, one.end)):
        if joined and one.start < joined[-1].end:
            last = joined[-1]
            kind = min(last.kind, one.kind, key=SUREST.index)
            joined[-1] = Private(kind, last.start, max(last.end, one.end), "")
        else:
            joined.append(one)
    return joined
