"""`curation classifier`: the plain classifier of a project's verdict, to take away and serve."""

import argparse
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_output, add_personal
from curation.cli.inputs import filled
from curation.cli.printing import note, print_json
from curation.export import check_classifier_place
from curation.records.progress import Progress
from curation.wording import counted, percent, span


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, help="seed of everything random (left out, that of the verdict)")
    add_personal(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write the classifier and say how it scored on rows held back."""
    check_classifier_place(args.out)
    with filled(args.project) as project:
        made = project.exports.classifier(args.out, args.seed, args.personal, progress)
    if args.json:
        print_json(asdict(made))
    else:
        value, low, high = made.held_out["accuracy"]
        labels = counted(len(made.learned), "label")
        print(f"Written to {args.out}: {labels}, learned from {counted(made.rows, 'row')}.")
        print(f"Accuracy {percent(value)} ({span(low, high)}) on {counted(made.held_out['rows'], 'row')} held back.")
    rows = made.personal["rows"]
    if rows and made.personal["treatment"] == "keep":
        what = f"the model's list of words holds words of {counted(rows, 'row')} with personal data or keys"
        note(args, f"note: {what}; --personal mask or --personal leave_out changes that")
