"""Masking hides what is private, keeps everything else, and masks nothing twice."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import pii as personal_cases
from rule_cases import secrets as secret_cases

from curation.checks import found
from curation.records import Findings
from curation.text.private import (
    mask,
    masked,
    personal,
    private,
    secrets,
)

PRIVATE = [*personal_cases.WRONG, *secret_cases.SECRETS.values(), *secret_cases.WRONG]
PIECES = [
    *PRIVATE,
    *personal_cases.RIGHT,
    *secret_cases.RIGHT,
    " ",
    "\n",
    "@",
    "+",
    ":",
    "://",
    ".",
    "-",
    "[",
    "]",
    "4",
    "é",
]
MADE_OF_PIECES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=6).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ada@lovelace.org, please.", "Write to [email], please."),
        ("<ada@proton.me> wrote:\r\n  yes", "<[email]> wrote:\r\n  yes"),
        ("phone: 0228 73 12 34!", "phone: [phone]!"),
        ("joignable au 06 12 34 85 76, merci", "joignable au [phone], merci"),
        ("unter 0611/3457821 oder +49 611 3457822", "unter [phone] oder [phone]"),
        ("commande n° 06 12 34 85 76", "commande n° 06 12 34 85 76"),
        ("card 4539 1488 0343 6467 (Visa)", "card [card] (Visa)"),
        ("IBAN DE89 3704 0044 0532 0130 00 or cash", "IBAN [iban] or cash"),
        (f"token={secret_cases.SECRETS['github']};", "token=[secret];"),
        (f"connect {secret_cases.SECRETS['basic auth']}", "connect postgres://ada:[secret]@db.internal:5432/app"),
        ("a@b.com c@d.org e@f.net".replace("@", "1@"), "[email] [email] [email]"),
        ("ada [at] gmail [dot] com", "[email]"),
    ],
)
def test_private_things_are_named_by_their_kind(text, shown):
    assert mask(text) == shown


def test_a_key_block_goes_as_a_whole():
    lines = [secret_cases.LONG[:64]] * 3 + [secret_cases.LONG[:20]]
    head, foot = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"
    for newline in ("\n", "\r\n", "\\n"):
        assert mask("key: " + newline.join([head, *lines, foot]) + " thanks") == "key: [secret] thanks"


@pytest.mark.parametrize("text", [*personal_cases.RIGHT, *secret_cases.RIGHT, "", "日本語", "\x00\ud800", "a\r\nb\tc "])
def test_a_text_without_private_things_comes_back_as_it_is(text):
    assert mask(text) is text


@given(MADE_OF_PIECES)
def test_masking_twice_changes_nothing(text):
    once = mask(text)
    assert mask(once) == once
    assert private(once) == []


@given(MADE_OF_PIECES)
def test_the_quick_look_misses_nothing(text):
    assert bool(private(text)) == bool([*secrets(text), *personal(text)])


@given(st.sampled_from([text for text in PRIVATE if private(text)]), st.text("abc äß\n.,", max_size=20))
def test_what_stands_around_it_stays(one, around):
    hidden = mask(f"{around} {one} {around}")
    assert hidden.startswith(around + " ")
    assert hidden.endswith(" " + around)
    assert all(each.text not in hidden for each in private(one))


def test_what_the_checks_find_is_what_is_masked():
    for cases, look in ((personal_cases, personal), (secret_cases, secrets)):
        assert all((mask(text) != text) >= bool(look(text)) for text in cases.WRONG)
    assert import_module("curation.checks.pii").personal is personal


def test_a_masked_value_shows_two_characters():
    assert masked("ada@lovelace.org") == "ad" + "•" * 10
    assert masked("ab") == "ab•"


def test_rows_with_private_data_are_those_of_two_checks():
    row = {"confidence": 1.0, "message": "m"}
    parts = [found(name, [{"id": name, **row}]) for name in ("pii", "secrets", "mismatch")]
    assert Findings.join(parts).personal_rows() == {"pii", "secrets"}
