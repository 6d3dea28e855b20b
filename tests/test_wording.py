"""Every id that people meet has one noun, one sentence and one tone, and no module but `wording` names it."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_args

import pytest

from curation import wording
from curation.dedup.settings import Keeper
from curation.export import TREATMENTS
from curation.export.recipes import Effect
from curation.load.shapes import row_shape
from curation.project.jobs import VERBS
from curation.project.rounds import VoteAnswer
from curation.readiness.gates.reading import OUTCOMES
from curation.readiness.rules import ORIGINS, UNITS
from curation.readiness.verdict.questions import FIELDS
from curation.records import (
    ACTIONS,
    CLUSTER_KINDS,
    MEASURABLE,
    ROLES,
    Bulk,
    EventKind,
    Kind,
    Moment,
    Order,
    Passing,
    Queue,
    ReadAs,
    RoundKind,
    Search,
    Shown,
    Sort,
    Status,
)
from curation.records.context import Arm, Knowledge, Task, form_field
from curation.review.audit.draw import STRATA
from curation.review.state import Pin
from curation.review.state import Status as Decided
from curation.wording import Tone, Word, evidence_group

CURATION = Path(wording.__file__).parents[1]


def rejections() -> list[str]:
    """The reason codes that the load room gives."""
    texts = "".join(path.read_text(encoding="utf-8") for path in (CURATION / "load").rglob("*.py"))
    known = re.findall(r'(?:Unusable\(|_reject\([^"]*|Rejection\([^"]*|return )"((?:\w+_)+\w+)", f?"', texts)
    return sorted({*known, "wrong_field_count"})


TABLES: Mapping[str, Iterable[str]] = {
    "OUTCOMES": OUTCOMES,
    "STATUSES": get_args(Status),
    "KINDS": get_args(Kind),
    "EVIDENCE_GROUPS": {evidence_group(kind, status) for kind in get_args(Kind) for status in get_args(Status)},
    "ORIGINS": (*ORIGINS, "declared"),
    "UNITS": (*UNITS, "setting"),
    "THRESHOLDS": ("fail", "warn"),
    "GATE_STATES": (*get_args(Passing), "open", "unasked", "skipped"),
    "ARMS": {*MEASURABLE, *form_field(Arm, "name").choices},
    "WAYS": ("prompt", "retrieved_few_shot", "knowledge_base", "lora", "full"),
    "METRICS": tuple(filter(None, form_field(Task, "metric").choices)),
    "TASKS": tuple(filter(None, form_field(Task, "kind").choices)),
    "PACES": form_field(Knowledge, "changes").choices,
    "DECISIONS": get_args(Decided),
    "PINS": tuple(filter(None, get_args(Pin))),
    "ACTIONS": ACTIONS,
    "MOMENTS": get_args(Moment),
    "QUEUES": get_args(Queue),
    "SEARCHES": get_args(Search),
    "SORTS": get_args(Sort),
    "SUGGESTIONS": ("look", "drop", "relabel", "replace", "collect"),
    "ANSWERS": get_args(VoteAnswer),
    "STRATA": STRATA,
    "SUGGESTED_WHEN": get_args(Shown),
    "READINGS": get_args(ReadAs),
    "ROUNDS": get_args(RoundKind),
    "CLUSTERS": CLUSTER_KINDS,
    "BULKS": get_args(Bulk),
    "ORDERS": get_args(Order),
    "KEEPERS": get_args(Keeper),
    "CHECK_STATES": ("done", "preview", "not_checked"),
    "JOBS": VERBS,
    "JOB_STATES": ("queued", "running", "done", "failed", "cancelled"),
    "TREATMENTS": TREATMENTS,
    "SHAPES": tuple(row_shape.all()),
    "REJECTIONS": rejections(),
    "QUESTIONS": FIELDS,
    "EFFECTS": get_args(Effect),
    "ROLE_WORDS": ROLES,
    "EVENTS": get_args(EventKind),
    "HOSTED": ("yes", "no", "unknown"),
}
IDS = {id for name in TABLES for id in getattr(wording, name)}
NOT_WORDING: Mapping[str, int] = {"measure/prompts.py": 1}
"""Modules with dicts that only look like it, and how many: instructions to a model."""


def test_every_table_of_words_is_tested() -> None:
    tables = {
        name
        for name, value in vars(wording).items()
        if name.isupper() and isinstance(value, Mapping) and isinstance(next(iter(value.values())), Word)
    }
    assert tables == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_id_has_a_noun_a_sentence_and_a_tone(name: str) -> None:
    words: Mapping[str, Word] = getattr(wording, name)
    assert set(words) == set(TABLES[name])
    for id, word in words.items():
        assert word.noun and word.noun == word.noun.strip() and not word.noun.endswith("."), id
        assert re.fullmatch(r"[A-Z].*[A-Za-z0-9)]\.", word.sentence), id
        assert word.tone in get_args(Tone), id
    nouns = [word.noun for word in words.values()]
    assert len(set(nouns)) == len(nouns)


def test_titles_begin_in_upper_case_and_keep_the_rest() -> None:
    assert wording.ARMS["lora"].title == "LoRA-tuned model"
    assert wording.word(wording.OUTCOMES, "an_older_outcome").noun == "an older outcome"


@pytest.mark.parametrize("words", [wording.GROUPS, wording.BULK_REASONS, wording.BULK_EFFECTS], ids=str)
def test_longer_texts_are_there_for_the_same_ids(words: Mapping[str, str]) -> None:
    assert set(words) in (set(CLUSTER_KINDS), set(get_args(Bulk)))
    assert all(words.values())


def test_what_an_outcome_means_is_said_of_every_one_in_one_or_two_sentences() -> None:
    assert set(wording.MEANINGS) == set(OUTCOMES)
    assert all(1 <= text.count(". ") + 1 <= 2 and text.endswith(".") for text in wording.MEANINGS.values())


def is_text(node: ast.expr | None) -> bool:
    """Whether the value is words for people: a text with a space or a capital letter."""
    if isinstance(node, ast.Tuple | ast.List):
        return any(map(is_text, node.elts))
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search(r" |[A-Z]", node.value))


def named(path: Path) -> list[str]:
    """The dicts of a module that give words to two or more ids."""
    dicts = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Dict)]
    return [
        ast.unparse(node)
        for node in dicts
        if sum(
            isinstance(key, ast.Constant) and key.value in IDS and is_text(value)
            for key, value in zip(node.keys, node.values, strict=True)
        )
        > 1
    ]


def test_no_other_module_gives_words_to_ids() -> None:
    modules = [path for path in CURATION.rglob("*.py") if path.parent.name != "wording"]
    found = {str(path.relative_to(CURATION)): dicts for path in modules if (dicts := named(path))}
    assert {path: len(dicts) for path, dicts in found.items()} == NOT_WORDING, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (wording.percent(0.034), "3.4 %"),
        (wording.percent(0.27), "27 %"),
        (wording.percent(0.27, 1), "27.0 %"),
        (wording.percent(0.0001), "under 0.1 %"),
        (wording.span(0.021, 0.049), "2.1 to 4.9 %"),
        (wording.points(0.98 - 0.7), "28 points"),
        (wording.points(0.01), "1 point"),
        (wording.points(-0.0001), "0.0 points"),
        (wording.points_span(0.234, 0.21, 0.258), "23.4 points (21 to 25.8)"),
        (wording.counted(1, "class", "classes"), "1 class"),
        (wording.counted(2400, "row"), "2,400 rows"),
        (wording.money((1680.0, 1679.0, 1681.0)), "1,680"),
        (wording.money((5.0, 4.0, 6.0)), "5.00 (4.00 to 6.00)"),
        (wording.minutes((30, 90)), "30 to 90 minutes"),
        (wording.minutes((60, 728)), "60 minutes to 12 hours"),
        (wording.minutes((960, 960)), "2 working days"),
        (wording.volume(705_368.2), "706,000"),
        (wording.volume(300_000.0), "300,000"),
        (wording.volume(0.4), "1"),
        (wording.months(0.5), "under a month"),
        (wording.months(120, 120), "never"),
        (wording.number(None, {}), "–"),
        (wording.number(0.123, {"unit": "share"}), "12.3 %"),
        (wording.number(0.123, {"unit": "share"}, None), "12 %"),
        (wording.number(1.5, {"unit": "ratio"}), "1.50 times"),
    ],
)
def test_figures_have_one_spelling(text: str, expected: str) -> None:
    assert text == expected
