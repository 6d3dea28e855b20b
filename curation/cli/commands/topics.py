"""`curation topics`: what the rows of a project are about."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curation.cli.flags import add_output, add_seed
from curation.cli.inputs import filled
from curation.cli.printing import print_json
from curation.progress import Progress
from curation.project.meaning.topics import TopicRow
from curation.text.visible import marked


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    add_seed(parser)
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Find the topics, keep them with the project, and print each with its facts."""
    with filled(args.project) as project:
        project.meaning.find_topics(args.seed, progress=progress)
        topics = project.meaning.topics.all()
    if args.json:
        print_json([_said(topic) for topic in topics])
        return
    print("topics by rows: name, undecided rows, commonest labels, findings by check")
    for topic in topics:
        facts = [f"{topic.undecided:,} undecided", _counts(topic.labels), _counts(topic.findings)]
        print(marked(f"  {topic.rows:>9,}  {topic.name}  ({'; '.join(filter(None, facts))})"))


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts)


def _said(topic: TopicRow) -> dict[str, Any]:
    return {
        "topic": topic.number, "name": topic.name, "rows": topic.rows, "undecided": topic.undecided,
        "labels": dict(topic.labels), "findings": dict(topic.findings),
        "central": [example.id for example in topic.central],
    }  # fmt: skip
