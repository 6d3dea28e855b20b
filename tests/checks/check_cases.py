"""What each rule check makes of the cases beside this file: rule_cases/NAME.py holds WRONG, to be flagged, and RIGHT, not to.

A case is an output, an (input, output) pair, a row or whatever its module's `rows` turns into rows; it is judged alone
beside the module's BESIDE. Flagged means one of its rows has a confidence of .5 or more: more likely than not.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pyarrow as pa

from curation.checks import run
from curation.records import CLUSTERS_SCHEMA, Clusters, dataset

NAMES = sorted(path.stem for path in (Path(__file__).parent / "rule_cases").glob("*.py"))


@dataclass(frozen=True)
class Tally:
    """The cases a check got wrong, and how many there were of each kind."""

    wrong: int
    right: int
    missed: tuple
    false: tuple

    @property
    def recall(self):
        return (self.wrong - len(self.missed)) / self.wrong

    @property
    def precision(self):
        found = self.wrong - len(self.missed)
        return found / (found + len(self.false))

    def line(self, name):
        """The check's line in the README."""
        found = f"{self.wrong - len(self.missed)} of {self.wrong}"
        false = f"{len(self.false)} of {self.right}"
        return f"| `{name}` | {found} | {false} | {self.recall:.2f} | {self.precision:.2f} |"


@cache
def tally(name):
    """What the check makes of its cases."""
    cases = import_module(f"rule_cases.{name}")
    missed = tuple(repr(case) for case in cases.WRONG if not flagged(name, cases, case))
    false = tuple(repr(case) for case in cases.RIGHT if flagged(name, cases, case))
    return Tally(len(cases.WRONG), len(cases.RIGHT), missed, false)


def flagged(name, cases, case):
    rows = cases.rows(case) if hasattr(cases, "rows") else [_row(case, getattr(cases, "ASK", ""))]
    beside = [_row(case, "") for case in getattr(cases, "BESIDE", [])]
    data = dataset(
        [{"id": f"b{n}", **row} for n, row in enumerate(beside)]
        + [{"id": f"c{n}", **row} for n, row in enumerate(rows)]
    )
    findings = run(data, alone(data), [name])
    assert findings.run(name).status == "done", findings.run(name).reason
    return any(row["confidence"] >= 0.5 and row["id"].startswith("c") for row in findings.table.to_pylist())


def alone(data):
    ids = data.values("id")
    columns = {
        "id": ids,
        "cluster": range(len(ids)),
        "keeper": ids,
        "similarity": [1.0] * len(ids),
        "kind": ["unique"] * len(ids),
    }
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


def _row(case, ask):
    if isinstance(case, dict):
        return case
    asked, output = case if isinstance(case, tuple) else (ask, case)
    return {"input": asked, "output": output}
