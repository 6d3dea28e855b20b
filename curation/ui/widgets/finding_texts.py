"""Findings -> frames and sentences: pure, so that what people read before they act on hundreds of rows is tested."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from curation.project.decisions import Stroke
from curation.records import CheckRun
from curation.sampling.intervals import Interval
from curation.store.findings import BIN, Pair, Scope
from curation.store.pages import LIKELY, Filter, FindingRow
from curation.ui.widgets.formatting import asked, ends, short, suggestion, words
from curation.wording import CHECK_STATES, DECISIONS, counted, percent, span, word

PAIRS = 20
"""Label pairs in the picture: more cells cannot be told apart on one screen."""
LABEL = 20
"""Characters of a label in the list of pairs: what its column shows uncut, both start and end."""
GUESSES = ("label_noise", "mismatch")
"""Checks that judge by a model or a score, so that a finding of theirs is a guess; the others find what is there."""
NOT_AUDITED = (
    "Nobody has audited {which} yet. Expect about half of them to be right: in published reviews of label "
    "checks it was "
    "45 to 55 %."
)


def findings_frame(findings: Sequence[FindingRow], titles: Mapping[str, str]) -> pd.DataFrame:
    """One page of findings, surest first."""
    rows = [
        {
            "Sure": 100 * finding.confidence,
            "Check": titles.get(finding.check, words(finding.check)),
            "Input": asked(finding.example.input, 70),
            "Why": short(finding.message),
            "Output or label": short(finding.example.label or finding.example.output),
            "Suggestion": suggestion(finding.suggestion),
            "Decision": DECISIONS[finding.example.status].title,
        }
        for finding in findings
    ]
    return pd.DataFrame(rows)


def checks_frame(runs: Sequence[CheckRun], titles: Mapping[str, str], counts: Mapping[str, int]) -> pd.DataFrame:
    """Every check: how many likely findings, or why it could not run."""
    rows = [
        {
            "Check": titles.get(run.check, words(run.check)),
            "Findings": f"{counts.get(run.check, 0):,}" if run.status == "done" else "–",
            "State": _state(run),
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def _state(run: CheckRun) -> str:
    if run.status != "done":
        return f"{CHECK_STATES[run.status].title}: {run.reason}"
    return CHECK_STATES["preview" if run.summary.get("preview") else "done"].sentence.removesuffix(".")


def confidence_frame(counts: Sequence[tuple[float, int]], sure: float) -> pd.DataFrame:
    """Findings by confidence in per cent, every bar from 0 to 100, and on which side of the threshold it stands."""
    known = dict(counts)
    edges = [round(n * BIN, 2) for n in range(round(1 / BIN))]
    rows = [
        {
            "Sure": round(100 * edge),
            "To": round(100 * (edge + BIN)),
            "Findings": known.get(edge, 0),
            "Side": "In the filter" if edge >= sure - 1e-9 else "Below",
        }
        for edge in edges
    ]
    return pd.DataFrame(rows)


def pairs_frame(pairs: Sequence[Pair]) -> pd.DataFrame:
    """The most confused pairs, one a row."""
    rows = [
        {
            "Labelled": ends(pair.given, LABEL),
            "Reads like": ends(pair.suggested, LABEL),
            "Rows": pair.rows,
            "Of that label": 100 * pair.share,
        }
        for pair in pairs
    ]
    return pd.DataFrame(rows)


def picture_frame(pairs: Sequence[Pair], chosen: tuple[str, str]) -> pd.DataFrame:
    """One cell a pair among the labels of the PAIRS commonest pairs; `Cell` is the pair's place in the list."""
    top = pairs[:PAIRS]
    given, suggested = {pair.given for pair in top}, {pair.suggested for pair in top}
    most = max(pair.rows for pair in top)
    rows = [
        {
            "Cell": place,
            "Labelled": short(pair.given, 60),
            "Reads like": short(pair.suggested, 60),
            "Rows": pair.rows,
            "Share": percent(pair.share),
            "Dark": pair.rows > most / 2,
            "Chosen": (pair.given, pair.suggested) == chosen,
        }
        for place, pair in enumerate(pairs)
        if pair.given in given and pair.suggested in suggested
    ]
    return pd.DataFrame(rows)


def pairs_line(listed: int, limit: int) -> str:
    """What to do with the picture and the list, and what is not in them."""
    drawn = f" The picture shows the {PAIRS} commonest pairs" if listed > PAIRS else ""
    cut = f", the list the {limit} commonest" if listed == limit else ""
    return f"Select a cell or a row to see its findings.{drawn}{cut}{'.' if drawn else ''}"


def trust_lines(
    filter: Filter,
    counts: Mapping[str, int],
    precision: Mapping[str, Interval],
    judged: tuple[int, int],
    titles: Mapping[str, str],
) -> list[str]:
    """How far the flags in the filter may be trusted.

    `counts` are the findings by check, `precision` the share an audit found right by check, `judged` the flags that
    people, deciding one by one, found right and wrong. Only of checks that guess (GUESSES) is a precision assumed.
    """
    named = {check: n for check, n in counts.items() if n and filter.check in ("", check)}
    audited = {check: n for check, n in named.items() if check in precision}
    told = []
    if share := expected_precision(audited, precision):
        which = _whose(audited, named, titles)
        line = f"By the audit about {percent(share[0])} of {which} are right ({span(share[1], share[2])})."
        if filter.sure < LIKELY:
            line += f" It covers flags at least {percent(LIKELY)} sure; weaker ones are right less often."
        told.append(line)
    if guessed := [check for check in named if check in GUESSES and check not in precision]:
        told.append(NOT_AUDITED.format(which=_whose(guessed, named, titles)))
    right, wrong = judged
    if right + wrong:
        told.append(
            f"Of the {right + wrong:,} decided one by one so far, {right:,} flags were right ({_share(right, wrong)})."
        )
    return told


def _whose(some: Iterable[str], named: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """The flags of some of the checks in the filter, by name where others are in it too."""
    if set(some) == set(named):
        return "these flags"
    return f"the flags of {_and([f'“{titles.get(check, words(check))}”' for check in some])}"


def expected_precision(counts: Mapping[str, int], precision: Mapping[str, Interval]) -> Interval | None:
    """The share of these findings (by check) that is right; None where a check with findings was not audited.

    The ends of the interval are those of the checks, weighted: wider than need be, never narrower.
    """
    total = sum(counts.values())
    if not total or any(n and check not in precision for check, n in counts.items()):
        return None
    low, middle, high = (sum(n * precision[check][at] for check, n in counts.items() if n) / total for at in (1, 0, 2))
    return middle, low, high


def _share(right: int, wrong: int) -> str:
    return percent(right / (right + wrong))


def follow_line(scopes: Mapping[str, Scope], whole: Scope) -> str:
    """What following every suggestion in the filter would do."""
    done = []
    if relabel := scopes.get("relabel"):
        done.append(f"relabels {_rows(relabel.open)} of {_classes(relabel.classes)}")
    if drop := scopes.get("drop"):
        done.append(f"leaves out {_rows(drop.open)}")
    if replace := scopes.get("replace"):
        done.append(f"replaces the output of {_rows(replace.open)}")
    said = _and(done) if done else "changes nothing"
    silent = whole.rows - sum(scope.rows for scope in scopes.values())
    rest = f"{_rows(silent)} without a suggestion stay as they are." if silent else ""
    return _sentences(f"{_capital(said)}.", _decided(sum(scope.decided for scope in scopes.values())), _capital(rest))


def all_line(verb: str, scope: Scope) -> str:
    """What deciding every row of the filter the same way would do; `verb` is "Leaves out" or "Accepts"."""
    of = f" of {_classes(scope.classes)}" if scope.classes else ""
    return _sentences(f"{verb} {_rows(scope.open)}{of}.", _decided(scope.decided))


def _rows(n: int) -> str:
    return counted(n, "row", "rows")


def _classes(n: int) -> str:
    return f"{n:,} class" if n == 1 else f"{n:,} classes"


def _decided(n: int) -> str:
    return f"{_capital(_rows(n))} decided by people already {'stays' if n == 1 else 'stay'}." if n else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def filter_words(filter: Filter, titles: Mapping[str, str]) -> str:
    """A filter as words, for the name of a stroke."""
    told = [titles.get(filter.check, words(filter.check)) if filter.check else "all checks"]
    if filter.given:
        told.append(f"“{filter.given}” read as “{filter.suggested}”")
    if filter.label:
        told.append(f"label “{filter.label}”")
    if filter.text:
        told.append(f"text contains “{filter.text}”")
    if filter.status:
        told.append(word(DECISIONS, filter.status).noun)
    return ", ".join([*told, f"at least {percent(filter.sure)} sure"])


def stroke_line(stroke: Stroke) -> str:
    """How a stroke went, in a sentence or two."""
    return _sentences(f"Decided: {_rows(stroke.decided)}.", _decided(stroke.passed_over))
