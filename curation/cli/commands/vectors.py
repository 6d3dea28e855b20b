"""`curation vectors`: vectors of your own in place of the built-in ones."""

import argparse
from pathlib import Path

from curation.cli.flags import add_output
from curation.cli.inputs import filled
from curation.cli.printing import print_json
from curation.errors import UsageError
from curation.project.meaning.own import Source
from curation.project.measuring import allow_plain_http
from curation.records import Caps
from curation.records.progress import Progress
from curation.wording import counted
from curation.wording.visible import marked


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, required=True, metavar="DIR", help="the project's folder")
    parser.add_argument(
        "--own", type=Path, metavar="FILE", help="a Parquet file with the columns id and vector, or a .npy file with a "
        "row of numbers for each row of the project, in the order they were loaded",
    )  # fmt: skip
    parser.add_argument(
        "--endpoint", metavar="URL", help="an OpenAI-compatible one that makes them, like http://127.0.0.1:8080/v1; "
        "the texts of all rows go there, personal data and keys masked, and later each text that is looked for",
    )  # fmt: skip
    parser.add_argument("--model", default="", metavar="NAME", help="the model, as the endpoint calls it")
    parser.add_argument("--max-calls", type=int, metavar="N", help="of all calls together, 32 texts each")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="of all calls together")
    parser.add_argument("--send-personal-data", action="store_true", help="send personal data and keys as they are")
    parser.add_argument("--plain-http", action="store_true", help="ask an endpoint of your own network without https")
    parser.add_argument("--built-in", action="store_true", help="go by the built-in vectors again")
    add_output(parser)


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Say which vectors the project goes by, after taking others where some are named."""
    if sum(map(bool, (args.own, args.built_in, args.endpoint))) > 1:
        raise UsageError("Name one of --own, --endpoint and --built-in.")
    if bool(args.endpoint) != bool(args.model):
        raise UsageError("--endpoint and --model belong together: name both.")
    if args.plain_http:
        allow_plain_http()
    with filled(args.project) as project:
        own = project.meaning.own
        taken = own.take(args.own) if args.own else None
        if args.endpoint:
            caps = Caps(calls=args.max_calls, tokens=args.max_tokens)
            taken = project.meaning.ask(Source(args.endpoint, args.model, caps, args.send_personal_data), progress)
        if args.built_in:
            own.leave()
        given, unknown = own.given(), project.meaning.unknown()
    if args.json:
        said = {"file": given.file, "dimensions": given.dimensions, "rows": given.rows} if given else None
        print_json({"own": said, "rows_without": unknown, "ids_unknown": taken.unknown if taken else 0})
        return
    if given is None:
        print("The project goes by the built-in vectors.")
        return
    print(
        marked(
            f"The project goes by {given.file}: {counted(given.rows, 'row')} with {given.dimensions:,} numbers each."
        )
    )
    if unknown:
        print(f"Without a vector, so in no search by meaning and no topic: {counted(unknown, 'row')}.")
    if taken and taken.ended:
        print(marked(f"The endpoint was not asked for all: {taken.ended}. The same command goes on."))
    if taken and taken.unknown:
        print(f"Not used: {counted(taken.unknown, 'vector')} of ids that this project does not have.")
    print("Find the topics again: curation topics.")
