"""`curation preflight`: the trainer's own rules on an export."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_output, add_tokenizer
from curation.cli.printing import print_json
from curation.errors import GateNotPassed, UsageError
from curation.export import Preflight, preflight, recipe
from curation.project.place import Settings
from curation.records.progress import Progress
from curation.wording import EFFECTS, ESTIMATED_BAND, counted, word


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of an export")
    names = ", ".join(recipe.all())
    parser.add_argument("--trainer", required=True, metavar="NAME", help=f"one of {names}")
    words = "the length limit in tokens (left out, the recipe's beside the data, else the trainer's own)"
    parser.add_argument("--max-length", type=int, default=0, metavar="N", help=words)
    add_tokenizer(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Say what would be cut, dropped or refused. Raises GateNotPassed where anything would be."""
    if args.max_length < 0:
        raise UsageError("--max-length must be 1 or more.")
    with Settings.counter_of(args.tokenizer) as counter:
        found = preflight(args.folder, args.trainer, args.max_length, counter, progress)
    if args.json:
        print_json(asdict(found))
    else:
        _print(found)
        if not found.is_measured and not args.quiet:
            print(f"Tokens are estimated ({ESTIMATED_BAND}); --tokenizer FILE counts them.", file=sys.stderr)
    if found.fatal:
        raise GateNotPassed(
            f"{args.folder}: {counted(found.fatal, 'row')} would not be learned as they are. Mend these rows, raise "
            "the limit, or leave them out, and export again."
        )


def _print(found: Preflight) -> None:
    how = "counted" if found.is_measured else "estimated"
    print(f"{found.trainer} ({found.method}): {found.rows:,} rows, limit {found.limit:,} tokens ({how})")
    for problem in found.problems:
        rows = counted(problem.rows, "row")
        print(f"  {rows} {word(EFFECTS, problem.effect).noun}: {problem.kind}")
        more = f" and {problem.rows - len(problem.first):,} more" if problem.rows > len(problem.first) else ""
        print(f"    {', '.join(problem.first)}{more}")
    for name, ignored in found.ignored.items():
        print(f"  not learned from: {name}" + (f" ({counted(ignored, 'row')})" if ignored else ", where rows have any"))
    if not found.fatal:
        print("Nothing would be cut, dropped or refused.")
