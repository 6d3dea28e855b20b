"""What commands print: results to stdout, notes to stderr."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from curation.export import Manifest, lost_lines
from curation.records import Question
from curation.wording import REJECTIONS, counted, word
from curation.wording.visible import marked


def note(args: argparse.Namespace, text: str) -> None:
    """A line on stderr about what was done, unless --quiet: nothing that a program would read."""
    if not args.quiet:
        print(marked(text), file=sys.stderr)


def note_loaded(args: argparse.Namespace, line: dict[str, Any]) -> None:
    """What became of one file's rows, on stderr."""
    columns = ", ".join(
        f"{k} = {' + '.join(v) if isinstance(v, (list, tuple)) else v}" for k, v in line["columns"].items()
    )
    why = ", ".join(f"{word(REJECTIONS, reason).noun}: {n:,}" for reason, n in line["reasons"].items())
    again = " (already in the project, not loaded twice)" if line["already_loaded"] else ""
    rejected = f"{line['rejected']:,} rejected" + (f" ({why})" if why else "")
    stored = f"{line['stored']:,} stored"
    if line.get("again"):
        stored = "{new:,} new + {changed:,} changed + {same:,} the same".format(**line["again"])
    note(args, f"{line['file']}: {line['rows']:,} rows = {stored} + {rejected}{again}")
    note(args, f"  columns: {columns}")
    if line.get("repeated") and not line["already_loaded"]:
        there = counted(line["repeated"], "row")
        note(args, f"  note: {there} of it were in the project already (same input, output and label)")
    for warning in line["warnings"]:
        note(args, f"  note: {warning}")


def note_personal(args: argparse.Namespace, personal: Mapping[str, Any]) -> None:
    """On stderr, that personal data went out as it is, where it did."""
    if personal["rows"] and personal["treatment"] == "keep":
        rows = counted(personal["rows"], "row")
        what = f"{rows} with personal data or keys went into the export unchanged"
        note(args, f"note: {what}; --personal mask or --personal leave_out changes that")


def note_lost(args: argparse.Namespace, manifest: Manifest) -> None:
    """On stderr, what the formats of an export cannot carry."""
    for line in lost_lines(manifest):
        note(args, f"note: {line}")


def print_questions(said: Sequence[str], asked: Sequence[Question]) -> None:
    """For somebody who has said nothing about the task: what the data shows, and what to say, with what to write."""
    if said:
        print("At first sight:")
    for line in said:
        print(f"  - {line}")
    if not asked:
        return
    many = f"{len(asked)} answers" if len(asked) > 1 else "One answer"
    print(f"{many} would tell most. Write what you know into a file and name it with --context:\n  format = 2")
    for number, one in enumerate(asked, 1):
        print(f"  {number}. {one.title} {one.why}")
        for line in one.example.splitlines():
            print(f"       {line}")


def print_counts(args: argparse.Namespace, title: str, counts: dict[str, int]) -> None:
    """Counts by name, a line each or as JSON."""
    if args.json:
        print_json(counts)
    else:
        print(title)
        for name, n in sorted(counts.items()):
            print(f"  {name:24} {n:>10,}")


def print_lines(lines: Sequence[str]) -> None:
    """Sentences, a line each; what comes from the data in them is made visible."""
    for line in lines:
        print(marked(line))


def print_json(value: Any) -> None:
    """A value as JSON with sorted keys."""
    print(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))
