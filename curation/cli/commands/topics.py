"""`curation topics`: what the rows of a project are about."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curation.cli.flags import add_output, add_seed
from curation.cli.inputs import filled
from curation.cli.printing import print_json
from curation.errors import UsageError
from curation.project.meaning.topics import TopicRow
from curation.records.progress import Progress
from curation.wording import percent
from curation.wording.visible import marked


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument(
        "--rename", nargs=2, action="append", default=[], metavar=("NUMBER", "NAME"),
        help='give a topic a name of your own, kept when topics are found again; "" takes it back',
    )  # fmt: skip
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Find the topics, or rename some, keep them with the project, and print each with its facts."""
    with filled(args.project) as project:
        if args.rename:
            for number, name in args.rename:
                project.meaning.topics.rename(_number(number), name)
        else:
            project.meaning.find_topics(args.seed, progress=progress)
        topics = project.meaning.topics.all()
    if args.json:
        print_json([_said(topic) for topic in topics])
        return
    print("topics by rows: name, undecided rows, commonest labels, findings by check")
    for topic in topics:
        if topic.within >= 0:
            continue
        facts = [f"{topic.undecided:,} undecided", _counts(topic.labels), _shares(topic)]
        print(marked(f"  {topic.rows:>9,}  {topic.name}  ({'; '.join(filter(None, facts))})"))


def _number(text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"A topic is named by its number, not {text!r}: curation topics --json lists them.")
    return int(text)


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts)


def _shares(topic: TopicRow) -> str:
    return ", ".join(f"{name} {n:,} ({percent(n / max(1, topic.rows))})" for name, n in topic.findings)


def _said(topic: TopicRow) -> dict[str, Any]:
    return {
        "topic": topic.number, "within": None if topic.within < 0 else topic.within,
        "name": topic.name, "rows": topic.rows, "undecided": topic.undecided,
        "labels": dict(topic.labels), "findings": dict(topic.findings),
        "central": [example.id for example in topic.central],
    }  # fmt: skip
