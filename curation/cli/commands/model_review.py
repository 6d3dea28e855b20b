"""`curation model-review`: a model reads the rows; what goes where and costs what is said before anything is sent."""

import argparse
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from curation.cli.flags import add_context, add_file_or_project, add_output, add_seed
from curation.cli.inputs import check_source, parquet_file, read_context_file, source_project
from curation.cli.printing import note, print_json, print_lines
from curation.errors import EndpointFailed, UsageError
from curation.files import write_parquet
from curation.project import Project
from curation.project.measuring import allow_plain_http
from curation.project.model_review.sentences import batch_lines, plan_lines, run_lines, spent_line
from curation.records import Caps, ReviewedRun, ReviewRun, ReviewSettings
from curation.records.progress import Progress, part

BATCHES = ("batch_out", "batch_in", "readings")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_file_or_project(parser)
    parser.add_argument("--out", type=Path, metavar="F.parquet", help="the readings as a table; needed with FILE")
    parser.add_argument("--endpoint", metavar="URL", help="an OpenAI-compatible one, like http://127.0.0.1:8080/v1")
    parser.add_argument("--model", default="", metavar="NAME", help="its name at the endpoint")
    rows = "how many rows to read, drawn at random by suspicion, or all (default 500)"
    parser.add_argument("--rows", type=_rows, default=ReviewSettings.rows, metavar="N|all", help=rows)
    parser.add_argument("--suspects", action="store_true", help="also every row that a check likely calls wrong")
    labels = "for how many rows without a label, drawn at random, to ask which they should have, or all (default 0)"
    parser.add_argument("--unlabelled", type=_rows, default=0, metavar="N|all", help=labels)
    parser.add_argument("--rubric", type=Path, metavar="FILE", help="what to look at, kept with the project")
    parser.add_argument("--show-rubric", action="store_true", help="only print the rubric in use, to be changed")
    parser.add_argument("--forecast", action="store_true", help="only say what would go where and cost what")
    parser.add_argument("--max-cost", type=float, metavar="X", help="of all calls, at the context's prices")
    parser.add_argument("--max-calls", type=int, metavar="N", help="default: twice as many as there are questions")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="of all calls together")
    known = ReviewSettings()
    parser.add_argument(
        "--concurrency", type=int, default=known.workers, metavar="N", help=f"calls at once (default {known.workers})"
    )
    words = f"token limit of a reply (default {known.reply_tokens}; models that think first need more)"
    parser.add_argument("--reply-tokens", type=int, default=known.reply_tokens, metavar="N", help=words)
    parser.add_argument("--timeout", type=float, default=30.0, metavar="S", help="seconds a call may take (default 30)")
    parser.add_argument("--plain-http", action="store_true", help="ask an endpoint of your own network without https")
    parser.add_argument("--send-personal-data", action="store_true", help="personal data and keys as they are")
    parser.add_argument(
        "--send-outside", action="store_true", help="though the context says that data may not leave your machines"
    )
    _add_elsewhere(parser)
    add_context(parser)
    add_seed(parser)
    add_output(parser)


def _add_elsewhere(parser: argparse.ArgumentParser) -> None:
    batches = parser.add_mutually_exclusive_group()
    batches.add_argument("--batch-out", type=Path, metavar="F", help="only write the requests, in OpenAI's batch form")
    batches.add_argument("--batch-in", type=Path, metavar="F", help="read the results of such a batch")
    batches.add_argument(
        "--readings", type=Path, metavar="F", help="a table with id, reading, kind, reason, made elsewhere"
    )


def _rows(text: str) -> int | None:
    try:
        return None if text == "all" else int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number of rows, or all, not {text!r}") from None


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Have rows read and say what was found. Raises EndpointFailed where none could be."""
    _sensible(args)
    if args.plain_http:
        allow_plain_http()
    with source_project(args, part(progress, 0.0, 0.1)) as project:
        if args.context is not None:
            project.settings.save_context(read_context_file(args))
        if args.rubric is not None:
            project.model_review.save_rubric(_text_of(args.rubric))
        if args.show_rubric:
            print(project.model_review.rubric_text(), end="")
            return
        step = part(progress, 0.1, 1.0)
        done = _elsewhere(project, args, step) if any(getattr(args, name) for name in BATCHES) else None
        if args.batch_out:
            return
        done = done or _read(project, args, step)
        if done is not None:
            _report(project, args, done)


def _read(project: Project, args: argparse.Namespace, progress: Progress) -> ReviewedRun | None:
    """How the review went; None where only its forecast was asked for."""
    asked = _asked(args)
    plan = project.model_review.plan(asked, part(progress, 0.0, 0.2))
    lines = plan_lines(plan, project.settings.context().prices.currency)
    if args.forecast:
        print_json(asdict(plan)) if args.json else print_lines(lines)
        return None
    for line in lines:
        note(args, line)
    calls = args.max_calls if args.max_calls is not None else plan.most_calls
    return project.model_review.read(
        _asked(args, Caps(calls, args.max_tokens, args.max_cost)), part(progress, 0.2, 1.0)
    )


def _elsewhere(project: Project, args: argparse.Namespace, progress: Progress) -> ReviewedRun | None:
    away = project.model_review.elsewhere
    if args.batch_out:
        made = away.write_batch(args.batch_out, _asked(args), progress)
        print_json(asdict(made)) if args.json else print_lines(batch_lines(made, str(args.batch_out)))
        return None
    if args.batch_in:
        return away.take_batch(args.batch_in, progress)
    return away.import_readings(args.readings, args.model, progress=progress)


def _asked(args: argparse.Namespace, caps: Caps | None = None) -> ReviewRun:
    chosen = args.rows, args.suspects, args.seed, args.concurrency, args.reply_tokens, args.timeout
    settings = ReviewSettings(*chosen, unlabelled=args.unlabelled)
    allowed = {"send_private": args.send_personal_data, "send_outside": args.send_outside}
    return ReviewRun(args.endpoint or "", args.model, settings, caps or Caps(), **allowed)


def _report(project: Project, args: argparse.Namespace, done: ReviewedRun) -> None:
    readings = project.model_review.readings
    alike = readings.self_agreement() if done.read else (0, 0)
    if args.out and (done.read or done.named):
        write_parquet(args.out, pa.Table.from_pylist(readings.table()))
    if args.json:
        print_json(asdict(done) | {"read_twice": alike[1], "read_twice_alike": alike[0]})
    else:
        print_lines([*run_lines(done, alike), *filter(None, [spent_line(done)])])
    if not done.read and not done.named:
        raise EndpointFailed(f"No row was read: {done.ended or 'no question got a reply'}.")


def _sensible(args: argparse.Namespace) -> None:
    check_source(args)
    if args.out is not None:
        parquet_file(args.out)
    if args.show_rubric or args.forecast:
        return
    if any(getattr(args, name) for name in BATCHES):
        if not args.project:
            raise UsageError("A batch or a table of readings belongs to a project: name it with --project DIR.")
        if args.batch_out and not args.model:
            raise UsageError("Name the model the batch is for: --model NAME.")
        return
    if not (args.endpoint and args.model):
        raise UsageError("Name --endpoint URL and --model NAME; --forecast alone says what it would take.")
    if args.files and args.out is None:
        raise UsageError("Name a file for the readings with --out F.parquet, or keep them in a project with --project.")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeError):
        raise UsageError(f"Cannot read the rubric {path} as UTF-8 text. Check the path.") from None
