"""Personal data: e-mail addresses, phone numbers, payment cards (Luhn) and bank accounts (IBAN). Masked in display.

Addresses and numbers reserved for documentation (RFC 2606, 555-01xx) and payment providers' test cards are left alone.
"""

from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, judged
from curation.checks.texts.column import may_match
from curation.records import Findings
from curation.text.private import CARD, EMAIL, IBAN, NATIONAL, PHONE, SPELT_EMAIL, masked, personal


@dataclass(frozen=True)
class Settings:
    email: bool = field(default=True, metadata={"help": "Look for e-mail addresses"})
    phone: bool = field(default=True, metadata={"help": "Look for phone numbers"})
    card: bool = field(default=True, metadata={"help": "Look for payment cards"})
    iban: bool = field(default=True, metadata={"help": "Look for bank accounts"})


@check(
    "pii", "Personal data", settings=Settings(), may_match=may_match(EMAIL, SPELT_EMAIL, PHONE, NATIONAL, CARD, IBAN)
)
def pii(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding a row with personal data; neither message nor evidence repeats it."""
    wanted = [kind for kind in NAMES if getattr(settings, kind)]

    def rule(row: Row) -> Hit | None:
        found = [(name, one) for name in ("input", "output") for one in personal(getattr(row, name), wanted)]
        if not found:
            return None
        seen = [{"field": name, "kind": one.kind, "masked": masked(one.text)} for name, one in found]
        kinds = sorted({one["kind"] for one in seen})
        message = f"This row holds personal data: {', '.join(NAMES[kind] for kind in kinds)}."
        spans = [(name, one.start, one.end) for name, one in found]
        return Hit(max(SURE[kind] for kind in kinds), message, {"found": seen}, spans=spans)

    return judged("pii", shard, rule)


NAMES = {"email": "an e-mail address", "phone": "a phone number", "card": "a payment card", "iban": "a bank account"}
SURE = {"email": 0.8, "phone": 0.7, "card": 0.95, "iban": 0.95}
"""A check digit is right by chance once in 10 (Luhn) or 97 (IBAN), after prefix and length; a phone number has none."""
