"""What a whole column is asked before it is read closely passes every text in which something may be found."""

import re
from dataclasses import replace
from importlib import import_module

import pyarrow as pa
import pytest
from check_cases import NAMES
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.checks import check, judged_by, shards
from curation.checks.out_of_reach import SPOKEN_OF, STANDS_FOR
from curation.checks.phrases.fillers import INSIDE, MASKED, WHOLE
from curation.checks.phrases.refusals import REFUSING, TALKING
from curation.checks.phrases.steering import STEERING
from curation.checks.stand_in_text import NO_INPUT, NO_OUTPUT, NONE
from curation.checks.texts.column import LAST_CASED, LAST_DIGIT, LAST_FOLDED, may_end, may_fold, may_match
from curation.records import dataset
from curation.records.progress import ignore
from curation.text.normalise import folded
from curation.text.private import CARD, EMAIL, IBAN, NATIONAL, PHONE, SPELT_EMAIL, secret_formats

PATTERNS = [
    TALKING, REFUSING, STEERING, INSIDE, MASKED, WHOLE, NO_INPUT, NO_OUTPUT, NONE, STANDS_FOR, SPOKEN_OF, EMAIL,
    SPELT_EMAIL, PHONE, NATIONAL, CARD, IBAN, *secret_formats(),
]  # fmt: skip
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "0123456789"})
ODD_CASES = str.maketrans({"k": "\u212a", "s": "\u017f", "i": "\u0131", "I": "\u0130", "K": "\u212a"})
"""Letters that Python takes for k, s and i where case does not count."""
TURNED = [str, str.upper, str.title, str.swapcase, lambda t: t.translate(WIDE), lambda t: t.translate(ODD_CASES)]


def passes(question, text):
    (answer,) = question(pa.chunked_array([pa.array([text], pa.large_string())])).to_pylist()
    return answer


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_a_pattern_is_found_in_passes(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    around = st.text(st.characters(exclude_categories=("Cs",)), max_size=5)
    text = data.draw(around) + data.draw(st.from_regex(pattern)) + data.draw(around)
    text = data.draw(st.sampled_from(TURNED))(text)
    if pattern.search(text):
        assert passes(may_match(pattern), text)
    if pattern.fullmatch(text.strip()) or pattern.fullmatch(text.rpartition("\n")[2].strip()):
        assert passes(may_end(pattern), text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\d{3}", "٣\uff13\u0969"),
        (r"(?i)kiss", "\u212a\u0131\u017f\u017f"),
        (r"(?i)[a-z]{2}", "\u212a\u017f"),
        (r"(?i)ẞ", "ß"),
        (r"\w+\s\W", "é\u2003…"),
        (r"[^\W\d_]x", "éx"),
        (r"(?<=a)b(?!c)", "ab"),
        (r"(.)\1{3}", "????"),
        (r"a(?i:b)c", "aBc"),
        (r"(?s:a.b)", "a\nb"),
        (r"a{2,400}b", "a" * 300 + "b"),
        (r"(?>ab|a)c", "abc"),
        (r"[\D]+$", "\u0660x"),
        (r"[^a]", "b"),
    ],
)
def test_what_re2_cannot_say_is_loosened(written, text):
    pattern = re.compile(written)
    assert pattern.search(text)
    assert passes(may_match(pattern), text)


def test_texts_that_hold_none_of_it_do_not_pass():
    assert not passes(may_match(EMAIL, PHONE, CARD), "Call us on weekdays between nine and five.")
    assert not passes(may_match(TALKING, REFUSING), "We cannot refund a card that was used.")
    assert not passes(may_end(WHOLE), "The test is over.")
    assert not passes(may_match(EMAIL), None)


def test_every_letter_of_python_is_known():
    everything = "".join(map(chr, (n for n in range(0x110000) if not 0xD800 <= n <= 0xDFFF)))
    digits = re.findall(r"\d", everything)
    asked = may_match(re.compile(r"\d"))(pa.chunked_array([pa.array(digits, pa.large_string())]))
    assert all(asked.to_pylist())
    assert max(map(ord, digits)) < LAST_DIGIT
    assert not any(c.lower() != c or c.upper() != c or c.casefold() != c for c in everything[LAST_CASED:])
    assert folded(everything[LAST_FOLDED:]) == everything[LAST_FOLDED:]


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    st.sampled_from(["no output", "keine", "입력 없음"]),
)
@settings(max_examples=40, deadline=None)
def test_what_folding_turns_into_a_phrase_passes(around, phrase):
    pattern = re.compile(f"{phrase}|straße|ﬁll".replace("straße", "strasse"), re.IGNORECASE)
    for text in (phrase + around, "STRAßE", "  no\noutput", "\u110b\u1175\u11b8 없음", around):
        if pattern.search(folded(text)) and not pattern.search(text):
            assert passes(may_fold, text)


def rows_of(name):
    """The cases of a check as rows, each turned in every way of TURNED."""
    cases = import_module(f"rule_cases.{name}")
    ask = getattr(cases, "ASK", "")
    pairs = [(ask, case) if isinstance(case, str) else case for case in [*cases.WRONG, *cases.RIGHT]]
    pairs = [pair for pair in pairs if isinstance(pair, tuple) and all(isinstance(side, str) for side in pair)]
    return [{"input": turn(a), "output": turn(b)} for a, b in pairs for turn in TURNED]


@pytest.mark.parametrize("name", [n for n in NAMES if "may_match" in check.all()[n].parts])
def test_the_same_is_found_without_the_question(name, alone):
    rows = rows_of(name)
    data = dataset([{"id": str(n), **row} for n, row in enumerate(rows)] or [{"input": "a", "output": "b"}])
    plugin, clusters = check.all()[name], alone(data)
    every_row = replace(
        plugin, parts={part: f for part, f in plugin.parts.items() if part not in ("may_match", "reads")}
    )
    asked, unasked = (judged_by(p, shards(data, clusters), p.settings, 0, ignore) for p in (plugin, every_row))
    assert asked.table.to_pylist() == unasked.table.to_pylist()
    assert asked.runs == unasked.runs
    assert len(asked) or not rows
