"""The plain classifier of the verdict as a folder to take away: the model, its score, and a card that says both."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from curation.errors import NotChecked, UsageError
from curation.export.card import text
from curation.export.place import Kind, check_place, placed
from curation.label_model.linear_svm import MOST_FITTED, pipeline
from curation.label_model.saved import model_bytes, trusted_types
from curation.records import Dataset
from curation.text.normalise import lowered
from curation.text.openings import opening
from curation.wording import METRICS, counted, percent

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MODEL, CARD, SCORE = "model.skops", "README.md", "score.json"
KIND = "curation classifier"
FORMAT = 1
"""Raised when a later version of `score.json` could not be read by this one."""
LABELS_SHOWN = 100
"""Labels in the card, those it finds worst first; `score.json` has all of them."""
HELD_OUT = (
    "accuracy", "balanced_accuracy", "macro_f1", "recalls", "rows_of", "majority", "rows", "classes", "method",
    "learned_rows",
)  # fmt: skip
"""What a score keeps of the evidence item's detail."""
SCORED = ("accuracy", "balanced_accuracy", "macro_f1")


@dataclass(frozen=True)
class Classifier:
    """What `score.json` says: no time and no path in it, so that the same rows give the same bytes.

    `dataset` is the digest of the rows it learned from, `rows` their number, `learned` that of each label. `held_out`
    has the scores of the same estimator and features on rows it did not see (value, low, high): accuracy,
    balanced_accuracy, macro_f1, recalls and rows_of by label, majority, rows. `opening` is what nearly all inputs begin
    with and is taken off before the model reads them. `trusted` are the types to be trusted when it is loaded.
    `personal` says in how many of the rows personal data or keys were found and what became of them. `files` gives
    SHA-256 of the other files.
    """

    dataset: str
    rows: int
    learned: Mapping[str, int]
    held_out: Mapping[str, Any]
    seed: int
    opening: str = ""
    trusted: Sequence[str] = ()
    personal: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    kind: str = KIND
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Indented JSON with sorted keys, ended by a newline."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def fitted(kept: Dataset, held_out: Mapping[str, Any], personal: Mapping[str, Any]) -> tuple[Pipeline, Classifier]:
    """The classifier that `held_out` (detail of the evidence item `classifier`) scored, learned from all kept rows.

    Where the outputs are closed answers, they are the labels. Raises UsageError where the rows give no classifier.
    """
    rows = list(zip(*(kept.values(name) for name in ("input", "output", "label")), strict=True))
    if held_out["kind"] == "closed":
        written = {lowered(name): name for name in held_out["recalls"]}
        pairs = [(text, written.setdefault(lowered(output), output)) for text, output, _ in sorted(rows, key=str)]
    else:
        pairs = [(text, label) for text, _, label in rows if label]
    shared = opening([text for text, _ in pairs])
    pairs = sorted((text.removeprefix(shared), label) for text, label in pairs)
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    try:
        model = pipeline(texts, labels, int(held_out["seed"]))
    except NotChecked as reason:
        raise UsageError(
            f"The rows kept give no classifier: {reason}. Look at what was removed, then try again."
        ) from None
    score = {name: value for name, value in held_out.items() if name in HELD_OUT}
    learned = dict(sorted(Counter(labels).items()))
    return model, Classifier(kept.digest, len(pairs), learned, score, int(held_out["seed"]), shared, personal=personal)


def check_classifier_place(out: Path) -> None:
    """Raises UsageError where a classifier could not be written to `out`."""
    check_place(out, _KIND)


def write_classifier(out: Path, model: Pipeline, made: Classifier) -> Classifier:
    """The model, its card and its score in the folder `out`, whole or not at all; returns what `score.json` says.

    Raises as `place.placed` does.
    """
    saved = model_bytes(model)
    versions = {name: version(name) for name in ("curation", "numpy", "scikit-learn", "scipy", "skops")}
    made = replace(made, trusted=trusted_types(saved), versions=versions)
    page = card(made).encode()
    files = {MODEL: hashlib.sha256(saved).hexdigest(), CARD: hashlib.sha256(page).hexdigest()}
    made = replace(made, files=files)
    with placed(out, _KIND) as folder:
        for name, content in ((MODEL, saved), (CARD, page), (SCORE, made.to_json())):
            (folder / name).write_bytes(content)
    return made


def _foreign(out: Path) -> list[str]:
    """Names in the folder of a classifier that are not from it; raises UsageError where it is none."""
    try:
        values = orjson.loads((out / SCORE).read_bytes())
    except (OSError, ValueError):
        values = None
    if not isinstance(values, dict) or values.get("kind") != KIND:
        raise UsageError(f"{out} holds no {SCORE} of a classifier.")
    return sorted({path.name for path in out.iterdir()} - {MODEL, CARD, SCORE})


_KIND = Kind("a classifier", _foreign)


def card(made: Classifier) -> str:
    """The model card: what it is, what it scored, how to serve it, and what it cannot do."""
    held = made.held_out
    lines = [
        "---", "library_name: sklearn", "tags:", "- text-classification", "- skops", "---", "",
        "# Plain classifier", "",
        f"Gives a text one of {len(made.learned):,} labels. It counts words and pairs of words, weighs them (TF-IDF), "
        f"and decides by {_method(made)}. It is no language model and needs no GPU.", "",
        f"It learned from {counted(made.rows, 'row')} (digest `{made.dataset}`, seed {made.seed}).", "",
        "## Score", "",
        f"The same estimator and features, on {counted(held['rows'], 'row')} held back in turn while the others were "
        "learned from; near-duplicates and rows of one group never parted. The intervals are two-sided, 90 %.", "",
        *_rows(("Score", "Value", "Interval"), [_score(name, held[name]) for name in SCORED]),
        f"Always giving the commonest label would be right {percent(held['majority'])} of the time.", "",
        *_serving(made), *_labels(made), *_limits(made),
        "## Versions", "",
        *_rows(("Package", "Version"), [(name, number) for name, number in sorted(made.versions.items())]),
        f"Scores of all labels: `{SCORE}`.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _method(made: Classifier) -> str:
    return (
        "the nearest of the labels' mean rows (kept as the weights of scikit-learn's `LinearSVC`)"
        if len(made.learned) > MOST_FITTED
        else "a linear support vector machine (scikit-learn's `LinearSVC`)"
    )


def serving(shared: str, trusted: Sequence[str]) -> str:
    """Ten lines of Python or less that load the model beside them and label one text."""
    cut = ".removeprefix(OPENING)" if shared else ""
    lines = [
        "import skops.io",
        "",
        f"TRUSTED = {list(trusted)}  # beside scikit-learn's and NumPy's own: nothing, or tables of numbers",
        'MODEL = skops.io.load("model.skops", trusted=TRUSTED)',
        *([f"OPENING = {shared!a}  # what nearly all texts began with"] if shared else []),
        "",
        "",
        "def label(text: str) -> str:",
        f"    return str(MODEL.predict([text{cut}])[0])",
    ]
    return "\n".join(lines)


def _serving(made: Classifier) -> list[str]:
    packages = "`pip install skops scikit-learn` (the versions below; others may read the file or warn)."
    code = serving(made.opening, made.trusted)
    return ["## Serving", "", packages, "", "```python", *code.splitlines(), "```", ""]


def _labels(made: Classifier) -> list[str]:
    """Every label with the rows learned from and the share of its held-out rows found, the worst first."""
    recalls, asked = made.held_out["recalls"], made.held_out["rows_of"]
    order = sorted(made.learned, key=lambda label: (recalls.get(label, (2.0,))[0], label))
    rows = [
        (text(label), f"{made.learned[label]:,}", f"{asked.get(label, 0):,}", *_shares(recalls.get(label)))
        for label in order[:LABELS_SHOWN]
    ]
    head = ("Label", "Rows learned", "Rows held back", "Found (recall)", "Interval")
    left = len(order) - len(rows)
    more = [f"{left:,} more labels, all found at least as well, are not listed.", ""] if left else []
    return ["## Labels", "", *_rows(head, rows), *more]


def _limits(made: Classifier) -> list[str]:
    said = [
        "It always gives one of its labels, also to a text that fits none of them, and no probability.",
        "It knows the words it has seen, nothing of their meaning, their order beyond pairs, or other languages.",
        "The score holds for rows like these. It has learned from every row that was kept, so scoring it on rows of "
        "the same set, such as the test part of an export, says nothing.",
        "Wrong labels among the rows were learned, and counted as right where they stood among those held back.",
    ]
    found, treatment = made.personal.get("rows", 0), made.personal.get("treatment")
    if found and treatment == "keep":
        said.append(
            f"Personal data or keys were found in {counted(found, 'row')}; the model's list of words holds some of it."
        )
    return ["## Limits", "", *(f"- {line}" for line in said), ""]


def _score(name: str, interval: Sequence[float]) -> tuple[str, str, str]:
    return (METRICS[name].title, *_shares(interval, 1))


def _shares(interval: Sequence[float] | None, decimals: int = 0) -> tuple[str, str]:
    if not interval:
        return "not checked", "–"
    value, low, high = (percent(share, decimals) for share in interval)
    return value, f"{low.removesuffix(' %')} to {high}"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    table = [" | ".join(row) for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *(f"| {row} |" for row in table), ""]
