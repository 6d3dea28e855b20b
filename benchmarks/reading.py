"""A real model reads rows of a public set in which labels were changed, people's answers are played by the truth.

    python benchmarks/serve_gguf.py --port 8091 &        a model of this machine, see there
    python benchmarks/reading.py --sets DIR --endpoint http://127.0.0.1:8091/v1 --model gemma-3-270m

`--rows` rows of a set of labels, `--share` of which got another label; the model reads all of them through the product,
an audit of `--audit` rows is drawn by what it said and answered with the truth. Printed are the product's words on
Findings and Audit, and beside each of its figures the true one over all rows, with whether the interval holds it. The
project is kept in `--project`, so that a run that was stopped goes on where it was.
"""

import argparse
import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from public_sets import rows

from curation.project import Project
from curation.project.model_review.known import model_lines
from curation.project.model_review.sentences import run_lines, spent_line
from curation.records import Caps, Interval, ReviewRun, ReviewSettings
from curation.wording import percent, span

Truth = dict[str, tuple[str, str]]
"""By input the label given and the right one."""


def planted(options: argparse.Namespace) -> Truth:
    """Rows of the set at random, some with the label of another row."""
    rng = np.random.default_rng(options.seed)
    whole = {row["input"]: row["label"] for row in rows(options.name, options.sets)}
    chosen = [list(whole)[n] for n in rng.choice(len(whole), options.rows, replace=False)]
    labels = sorted(set(whole.values()))
    wrong = set(rng.choice(chosen, round(options.share * options.rows), replace=False).tolist())
    return {
        text: (str(rng.choice([one for one in labels if one != whole[text]])) if text in wrong else whole[text],
               whole[text])
        for text in chosen
    }  # fmt: skip


def loaded(folder: Path, truth: Truth) -> Project:
    """The project with these rows; as it is where it is there already."""
    if (folder / "project").exists():
        return Project.open(folder / "project")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["input", "label"])
        writer.writerows((text, given) for text, (given, _) in truth.items())
    project = Project.open(folder / "project", create=True)
    project.examples.load(folder / "rows.csv")
    return project


def audited(project: Project, truth: Truth, size: int, seed: int) -> None:
    """An audit of so many rows, each answered as it is."""
    project.rounds.start_audit(size, seed=seed)
    while (turn := project.rounds.audit_next("Truth")) and turn.example is not None:
        given, right = truth[turn.example.input]
        if given == right:
            project.rounds.vote(turn.round.id, turn.example.id, "Truth", "right")
        else:
            project.rounds.vote(turn.round.id, turn.example.id, "Truth", "wrong", right)


def true_shares(project: Project, truth: Truth) -> dict[str, tuple[int, int]]:
    """(rows it holds of, of so many rows) for what the product measures, over all rows read; `rate` over all rows."""
    said = {one.example: one for one in project.model_review.readings.current() if not one.again}
    texts = {one.id: truth[one.input] for one in project.examples.stored.get_all(list(said))}
    wrong = {id for id, (given, right) in texts.items() if given != right}
    faults = sum(given != right for given, right in truth.values())
    called = {id for id, one in said.items() if one.answer == "wrong"}
    right = {id for id, one in said.items() if one.answer == "right"}
    named = {id: next((one for one in said[id].labels if one != texts[id][0]), "") for id in called}
    named = {id: label for id, label in named.items() if label}
    return {
        "rate": (faults, len(truth)),
        "finds": (len(called & wrong), len(wrong)),
        "false_alarms": (len(called - wrong), len(said) - len(wrong)),
        "precision": (len(called & wrong), len(called)),
        "misses": (len(right & wrong), len(right)),
        "label_hits": (sum(texts[id][1] == label for id, label in named.items()), len(named)),
    }


def compared(name: str, told: Interval | None, true: tuple[int, int]) -> str:
    hits, of = true
    known = f"{hits} of {of} ({percent(hits / of)})" if of else "none"
    if told is None or not of:
        return f"{name:>12}  true {known:<20} not told"
    value, low, high = told
    holds = "holds" if low - 1e-9 <= hits / of <= high + 1e-9 else "MISSES"
    return f"{name:>12}  true {known:<20} told {percent(value)} ({span(low, high)})  {holds}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, required=True, help="the folder of the public sets")
    parser.add_argument("--name", default="ag_news", help="a set of labels, see public_sets.py")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.1, help="of wrong labels")
    parser.add_argument("--audit", type=int, default=100)
    parser.add_argument("--calls", type=int, help="at most, those of earlier runs counted; other rows stay unread")
    parser.add_argument("--reply-tokens", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--project", type=Path, help="kept there; left out, thrown away")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run(options, options.project or Path(scratch))


def run(options: argparse.Namespace, folder: Path) -> None:
    truth = planted(options)
    with loaded(folder, truth) as project:
        settings = ReviewSettings(rows=None, workers=1, reply_tokens=options.reply_tokens, timeout=300.0)
        asked = ReviewRun(options.endpoint, options.model, settings, Caps(options.calls or 4 * options.rows))
        done = project.model_review.read(asked, lambda share, said: print(f"\r{said:<70}", end="", file=sys.stderr))
        print(f"\n{options.name}, {options.rows} rows, {percent(options.share)} wrong labels, seed {options.seed}")
        print(*run_lines(done, project.model_review.readings.self_agreement()), spent_line(done), sep="\n")
        audited(project, truth, options.audit, options.seed)
        told, result = project.findings.calibration.report(), project.rounds.audit_result()
        assert told and result and result.found
        print("", *model_lines(told), "", sep="\n")
        shares = true_shares(project, truth)
        print(compared("rate", result.found.rate, shares.pop("rate")))
        for name, true in shares.items():
            print(compared(name, getattr(told.quality, name), true))


if __name__ == "__main__":
    main()
