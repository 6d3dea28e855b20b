"""What `curation measure` does: ask an endpoint or read outputs, print the arms, what was left out and spent."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from curation.cli.flags import add_columns, add_context, add_output, add_seed
from curation.cli.inputs import load_files, read_context_file
from curation.cli.printing import print_json
from curation.errors import EndpointFailed, InputRejected, UsageError
from curation.files import write_text
from curation.project import Project
from curation.project.judging.sentences import NEXT_JUDGE, NEXT_PEOPLE, is_ready, standing_lines
from curation.project.measuring import allow_plain_http, difference_line, model_line, remarks, run_lines, spent_line
from curation.project.place import KNOWLEDGE
from curation.records import (
    MEASURABLE,
    WITH_PASSAGES,
    ArmResult,
    AskedRun,
    Caps,
    EndpointRun,
    ImportedRun,
    Measurement,
    MeasureSettings,
    OutputFile,
    ReviewRun,
    ReviewSettings,
    measurement_json,
)
from curation.records.progress import Progress, part
from curation.wording import NOT_JUDGED

KEPT_APART = "From now on exports of this project put them into the test split, so that no model is trained on them."
NOT_KEPT_APART = "They are not stored in a project. Name --project DIR, and its exports keep them out of training."

MOST_CALLS = 1000
"""Unless --max-calls says otherwise: three arms of 200 rows, and some to spare for retries."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `curation measure`."""
    parser.add_argument("files", nargs="?", type=Path, metavar="FILE", help="left out: the examples of --project")
    add_columns(parser)
    parser.add_argument("--project", type=Path, metavar="DIR", help="where examples, calls and results are kept")
    add_context(parser)
    parser.add_argument("--endpoint", metavar="URL", help="an OpenAI-compatible one, like http://127.0.0.1:8080/v1")
    parser.add_argument(
        "--model", metavar="NAME", help="its name at the endpoint; with --import the model that gave the outputs"
    )
    parser.add_argument("--plain-http", action="store_true", help="ask an endpoint of your own network without https")
    parser.add_argument("--completions", action="store_true", help="base model: plain text completion instead of chat")
    parser.add_argument("--arms", default="", metavar="A,B", help=f"of {', '.join(MEASURABLE)}")
    parser.add_argument("--knowledge", type=Path, metavar="FILE", help="texts to retrieve from (UTF-8)")
    parser.add_argument("--template", type=Path, metavar="FILE", help="a prompt of your own with {input} in it")
    parser.add_argument("--instruction", default="", metavar="TEXT", help="replaces the built-in instruction")
    parser.add_argument("--rows", type=int, default=200, metavar="N", help="rows held back and asked (default 200)")
    parser.add_argument(
        "--every-row", action="store_true", help="ask all of them, even where the result is clear earlier"
    )
    parser.add_argument(
        "--reply-tokens",
        type=int,
        default=0,
        metavar="N",
        help="token limit of a reply (default: from the length of the outputs)",
    )
    parser.add_argument("--timeout", type=float, default=30.0, metavar="S", help="seconds a call may take (default 30)")
    parser.add_argument("--max-calls", type=int, default=MOST_CALLS, metavar="N", help=f"default {MOST_CALLS:,}")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="of all calls together")
    parser.add_argument("--max-cost", type=float, metavar="X", help="of all calls, at the context's prices")
    parser.add_argument("--send-personal-data", action="store_true", help="also rows with personal data or keys")
    _add_outputs(parser)
    parser.add_argument("--held-out", type=Path, metavar="F.jsonl", help="only write the rows to be asked")
    add_seed(parser)
    add_output(parser)


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--import", dest="outputs", type=Path, metavar="OUTPUTS", help="outputs a model gave elsewhere")
    parser.add_argument("--arm", default="", metavar="NAME", help="the arm these outputs belong to")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--hosted", action="store_true", default=None, help="these outputs come from a model outside your network"
    )
    where.add_argument(
        "--own-machines", dest="hosted", action="store_false", help="they come from a model on your own machines"
    )
    parser.add_argument(
        "--judge",
        default="",
        metavar="NAME",
        help="the model that called these outputs right or wrong, where the context's metric is judged: the file then "
        "has columns reading (its word) and person (a person's, on some rows)",
    )
    words = "where that model is asked, by this command; left out with --judge alone, the --endpoint"
    parser.add_argument("--judge-endpoint", metavar="URL", help=words)
    parser.add_argument("--parameters", type=float, metavar="N", help="size of the model, such as 8e9")


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Measure arms, or import them.

    Where none of those asked for could be measured raises EndpointFailed, UsageError if a limit was the reason, or
    InputRejected for imported outputs.
    """
    _sensible(args)
    with _project(args) as project:
        _load(project, args, part(progress, 0.0, 0.1))
        step = part(progress, 0.1, 1.0)
        if args.held_out:
            rows = project.measuring.held_back(_settings(args), args.send_personal_data)
            write_text(args.held_out, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            print(f"{args.held_out}: {len(rows):,} rows held back.")
            print(KEPT_APART if args.project else NOT_KEPT_APART)
            return
        if not args.outputs and project.measuring.is_judged():
            _judge(project, args, step)
            return
        if args.outputs:
            measurement = project.measuring.import_outputs(_outputs(args), step)
        else:
            measurement = project.measuring.measure(_endpoint_run(args), step)
    _report(args, measurement)


def _judge(project: Project, args: argparse.Namespace, progress: Progress) -> None:
    """Ask the arms where a model is named for them, then the judge where one is, and say how far the marking is.

    Raises EndpointFailed where no arm answered.
    """
    if args.model:
        measurement = project.measuring.measure(_endpoint_run(args), part(progress, 0.0, 0.5))
        failed = next((why for why in measurement.run.reasons.values() if why != NOT_JUDGED), "")
        if failed:
            raise EndpointFailed(f"No answer was kept: {failed}.")
    where = args.judge_endpoint or args.endpoint
    if args.judge and where:
        caps = Caps(args.max_calls, args.max_tokens, args.max_cost)
        settings = ReviewSettings(seed=args.seed, timeout=args.timeout)
        asked = ReviewRun(where, args.judge, settings, caps, args.send_personal_data)
        project.judging.ask(asked, part(progress, 0.5, 1.0))
    arms = project.judging.standing()
    if is_ready(arms):
        _report(args, project.judging.score())
        return
    if args.json:
        print_json([asdict(one) for one in arms])
    else:
        print("\n".join([*standing_lines(arms), NEXT_PEOPLE if all(one.judge for one in arms) else NEXT_JUDGE]))


def _outputs(args: argparse.Namespace) -> OutputFile:
    columns = ((args.input or [""])[0], args.output or "") if args.files is None else ("", "")
    said = {"hosted": args.hosted, "model": args.model or "", "parameters": args.parameters, "judge": args.judge}
    return OutputFile(args.outputs, args.arm, *columns, **said)


def _endpoint_run(args: argparse.Namespace) -> EndpointRun:
    caps = Caps(args.max_calls, args.max_tokens, args.max_cost)
    private = args.send_personal_data
    if args.plain_http:
        allow_plain_http()
    return EndpointRun(args.endpoint, args.model, _settings(args), caps, args.knowledge, private, args.parameters)


def _report(args: argparse.Namespace, measurement: Measurement) -> None:
    """Print the results; raises where nothing was measured."""
    run = measurement.run
    failed = not run.measured
    if failed:
        # what earlier runs found is not this one's result
        measurement = Measurement((), (), run)
    note = (
        []
        if args.project or failed
        else ["Not kept. To keep it name --project DIR, and then: curation verdict --project DIR"]
    )
    if args.json:
        print_json(measurement_json(measurement))
    else:
        print("\n".join([*lines(measurement), *note]))
    if failed:
        is_capped = isinstance(run, AskedRun) and run.capped
        kind = InputRejected if isinstance(run, ImportedRun) else UsageError if is_capped else EndpointFailed
        raise kind(f"Nothing was measured: {next(iter(run.reasons.values()))}.")


def _sensible(args: argparse.Namespace) -> None:
    if args.files is None and args.project is None:
        raise UsageError("Name a file, or a project with --project DIR, or both.")
    if args.outputs and not args.arm:
        raise UsageError(f"Say which arm the outputs belong to: --arm {' | '.join(MEASURABLE)}.")
    if args.judge and not args.outputs:
        if args.project is None:
            raise UsageError("People mark a part of what is judged, in a project: name it with --project DIR.")
    elif not args.outputs and not args.held_out and not (args.endpoint and args.model):
        raise UsageError("Name --endpoint URL and --model NAME, or outputs to read: --import OUTPUTS --arm NAME.")

    knows = args.knowledge is not None or (args.project is not None and (args.project / KNOWLEDGE).exists())
    passages = next((name for name in WITH_PASSAGES if name in _arms(args)), "")
    if passages and not knows and not args.outputs and not args.held_out:
        raise UsageError(f"The arm {passages} needs texts to retrieve from: name them with --knowledge FILE.")


@contextmanager
def _project(args: argparse.Namespace) -> Iterator[Project]:
    if args.project is None:
        with Project.temporary([args.files]) as project:
            yield project
        return
    project = Project.open(args.project, create=args.files is not None)
    try:
        yield project
    finally:
        project.close()


def _load(project: Project, args: argparse.Namespace, progress: Progress) -> None:
    """The file in the project, its duplicates known, the context saved."""
    if args.files is not None:
        load_files(project, argparse.Namespace(**{**vars(args), "files": [args.files]}), part(progress, 0.0, 0.5))
    if args.context is not None:
        project.settings.save_context(read_context_file(args))
    step = project.place.step("dedup")
    if not step.ran or step.stale:
        project.duplicates.find(progress=part(progress, 0.5, 1.0))


def _settings(args: argparse.Namespace) -> MeasureSettings:
    template = ""
    if args.template is not None:
        try:
            template = args.template.read_text("utf-8")
        except (OSError, UnicodeError):
            raise UsageError(f"Cannot read the template {args.template} as UTF-8 text. Check the path.") from None
    words = (template, args.instruction, args.reply_tokens)
    return MeasureSettings(_arms(args), args.rows, args.completions, *words, args.every_row, args.seed, args.timeout)


def _arms(args: argparse.Namespace) -> tuple[str, ...]:
    if args.arms:
        return tuple(name.strip() for name in args.arms.split(","))
    return MeasureSettings().arms if args.knowledge is None else (*MeasureSettings().arms, "knowledge_base")


def lines(measurement: Measurement) -> list[str]:
    """The arms with intervals, how they differ on the same rows, and how the run went, line by line."""
    found = []
    if measurement.arms:
        found.append(f"{'arm':20} {'score':>6}  {'90 % interval':15} {'rows':>5} {'failed':>6} {'p95 ms':>7}  model")
    else:
        found += [f"{name:20} not measured: {reason}" for name, reason in measurement.run.reasons.items()]
    for arm in measurement.arms:
        if arm.reason:
            found.append(f"{arm.name:20} not measured ({arm.model or arm.source}): {arm.reason}")
            continue
        between = f"{arm.low:.3f} to {arm.high:.3f}"
        wait = "-" if arm.latency_ms is None else f"{arm.latency_ms:,.0f}"
        figures = f"{arm.score:6.3f}  {between:15} {arm.n:>5} {arm.failed:>6} {wait:>7}"
        found.append(f"{arm.name:20} {figures}  {model_line(arm)}")
        found += [f"  {remark}" for remark in remarks(arm)]
        found += _labels(arm)
    for one in measurement.differences:
        found.append(f"{one.first} against {one.second}: {difference_line(one)}")
    return [*found, *run_lines(measurement.run), *filter(None, [spent_line(measurement.run)])]


def _labels(arm: ArmResult) -> list[str]:
    """How each label went, the worst first, where there are labels and not more than fit a screen."""
    if not 1 < len(arm.labels) <= MOST_LABELS:
        return []
    lines = [f"  {'label':24} {'rows':>5} {'right':>5} {'given':>5} {'recall':>7}  90 % interval"]
    for one in sorted(arm.labels, key=lambda one: (one.recall[0], one.label)):
        recall, low, high = one.recall
        lines.append(
            f"  {one.label[:24]:24} {one.n:>5} {one.right:>5} {one.given:>5} {recall:7.3f}  {low:.3f} to {high:.3f}"
        )
    return lines


MOST_LABELS = 30
"""Lines of labels printed; --json holds all."""
