"""The command line: each command parses, calls one Project verb and prints.

Results go to stdout, progress to stderr. Exit status: 0 done; 2 wrong usage; 3 input rejected, nothing stored; 4 gate
not passed; 1 our fault.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from curation.errors import CurationError, UsageError
from curation.progress import Cancelled, Progress, ignore, part
from curation.records import Columns

EXIT_CANCELLED = 130  # 128 + SIGINT, what a shell expects of a command stopped by Ctrl-C


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def build_parser() -> argparse.ArgumentParser:
    """Every command with its flags, in the order of the journey."""
    parser = _Parser(prog="curation", description=__doc__.partition("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _run(commands)
    _load(commands)
    _dedup(commands)
    _check(commands)
    _verdict(commands)
    _export(commands)
    _report(commands)
    _app(commands)
    return parser


def _command(commands: Any, name: str, function: Any, help: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(function=function)
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random (default 0)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _add_files(parser: argparse.ArgumentParser, many: bool) -> None:
    parser.add_argument(
        "files", nargs="+" if many else 1, type=Path, metavar="FILE", help="CSV, TSV, JSON, JSONL, Parquet"
    )
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")


def _run(commands: Any) -> None:
    parser = _command(commands, "run", run, "The whole journey: load, dedup, checks, verdict, splits, export.")
    _add_files(parser, many=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write")
    parser.add_argument("--context", type=Path, metavar="C.toml", help="what you know about the task")


def _load(commands: Any) -> None:
    parser = _command(commands, "load", load, "Add files to a project.")
    _add_files(parser, many=True)
    parser.add_argument("--project", type=Path, required=True, metavar="DIR")


def _dedup(commands: Any) -> None:
    parser = _command(commands, "dedup", dedup, "Near-duplicate clusters of a file.")
    _add_files(parser, many=False)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    parser.add_argument("--on", choices=["input", "pair"], default="input")
    parser.add_argument("--threshold", type=float, default=0.7, help="exact Jaccard similarity, 0..1 (default 0.7)")
    parser.add_argument("--shingle", choices=["auto", "3", "5"], default="auto", help="characters a shingle")
    parser.add_argument("--workers", type=int, default=2)


def _check(commands: Any) -> None:
    parser = _command(commands, "check", check, "All checks of a file.")
    _add_files(parser, many=False)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="just this check; may be repeated")


def _verdict(commands: Any) -> None:
    parser = _command(commands, "verdict", verdict, "The readiness verdict on a file or a project.")
    parser.add_argument("files", nargs="?", type=Path, metavar="FILE")
    for side in ("input", "output", "label", "group"):
        parser.add_argument(f"--{side}", metavar="COL", help=f"the {side} column (left out, it is guessed)")
    parser.add_argument("--project", type=Path, metavar="DIR")
    parser.add_argument("--context", type=Path, metavar="C.toml", help="what you know about the task")


def _export(commands: Any) -> None:
    parser = _command(commands, "export", export, "A clean, leak-free set from a project.")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--format", action="append", default=[], metavar="NAME", help="parquet (default) or another; may be repeated"
    )


def _report(commands: Any) -> None:
    parser = _command(commands, "report", report, "The report of a project: html, md or json by the file's ending.")
    parser.add_argument("--project", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def _app(commands: Any) -> None:
    parser = _command(commands, "app", app, "The browser app.")
    parser.add_argument("--project", type=Path, metavar="DIR", help="left out: the sample project")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="127.0.0.1", help="loopback only unless you know who can reach it")


# -- what the commands do


def run(args: argparse.Namespace, progress: Progress) -> None:
    """The whole journey, unattended."""
    from curation.project import Project

    context = _context(args.context)
    with Project.temporary(args.files) as project:
        loaded = _load_files(project, args, part(progress, 0.0, 0.2))
        if context is not None:
            project.save_context(context)
        project.analyse(args.seed, part(progress, 0.2, 0.9))
        manifest = project.export(args.out, seed=args.seed, progress=part(progress, 0.9, 1.0))
        body = (project.last_verdict() or {})["verdict"]
    if args.json:
        _print_json({"files": loaded, "verdict": body, "manifest": asdict(manifest)})
    else:
        _print_verdict(body)
        print(f"Written to {args.out}: open report.html first.")


def load(args: argparse.Namespace, progress: Progress) -> None:
    """Add files to a project."""
    from curation.project import Project

    missing = [path for path in args.files if not path.exists()]
    if missing:
        raise UsageError(f"No such file: {missing[0]}. Check the path.")
    project = Project.open(args.project, create=True)
    loaded = _load_files(project, args, progress)
    if args.json:
        _print_json({"files": loaded})


def dedup(args: argparse.Namespace, progress: Progress) -> None:
    """Write the near-duplicate clusters of a file."""
    from curation.dedup import Settings
    from curation.files import write_parquet
    from curation.project import Project

    shingle = args.shingle if args.shingle == "auto" else int(args.shingle)
    settings = Settings(on=args.on, threshold=args.threshold, shingle=shingle, workers=args.workers)
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.3))
        clusters = project.dedup(settings, part(progress, 0.3, 1.0))
        columns = ["id", "cluster", "keeper", "kind", "similarity"]
        table = clusters.table.select(columns).add_column(0, "row", project.dataset().table["row"])
    write_parquet(args.out, table)
    kinds = table["kind"].value_counts().to_pylist()
    counts = {kind["values"]: kind["counts"] for kind in kinds}
    _print_counts(args, f"{args.out}: rows by kind", counts)


def check(args: argparse.Namespace, progress: Progress) -> None:
    """Write the findings of all checks on a file."""
    from curation.files import write_parquet
    from curation.project import Project, findings_by_row

    Project.known_checks(args.only)
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.2))
        findings = project.check(args.only, args.seed, part(progress, 0.2, 1.0))
        write_parquet(args.out, findings_by_row(project.dataset(), findings))
        counts = project.finding_counts()
    for step in findings.runs:
        if step.status == "not_checked" and not args.quiet:
            print(f"not checked: {step.check}: {step.reason}", file=sys.stderr)
    ran = {step.check: counts.get(step.check, 0) for step in findings.runs if step.status == "done"}
    _print_counts(args, f"{args.out}: findings by check", ran)


def verdict(args: argparse.Namespace, progress: Progress) -> None:
    """Print the readiness verdict."""
    from curation.project import Project

    context = _context(args.context)
    if (args.files is None) == (args.project is None):
        raise UsageError("Name a file, or a project with --project DIR (one of the two).")
    if args.project:
        project = Project.open(args.project)
        if context is not None:
            project.save_context(context)
        project.analyse(args.seed, progress)
        _show_verdict(args, project)
        return
    args.files = [args.files]
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.2))
        if context is not None:
            project.save_context(context)
        project.analyse(args.seed, part(progress, 0.2, 1.0))
        _show_verdict(args, project)


def export(args: argparse.Namespace, progress: Progress) -> None:
    """Write a clean set from a project."""
    from curation.project import Project

    project = Project.open(args.project)
    manifest = project.export(args.out, args.format or ["parquet"], args.seed, progress)
    if args.json:
        _print_json(asdict(manifest))
    else:
        print(f"Written to {args.out}.")


def report(args: argparse.Namespace, progress: Progress) -> None:
    """Write the report of a project."""
    from curation.project import Project

    suffix = args.out.suffix.lstrip(".").lower()
    if suffix not in ("html", "md", "json"):
        raise UsageError(f"{args.out.name}: a report is .html, .md or .json. Name the file with one of these endings.")
    args.out.write_text(Project.open(args.project).report(suffix), encoding="utf-8")
    print(f"Written to {args.out}.")


def app(args: argparse.Namespace, progress: Progress) -> None:
    """Open the browser app; returns when it is stopped."""
    from curation.places import app_folder

    folder = app_folder()
    if args.project:
        os.environ["CURATION_PROJECT"] = str(args.project.resolve())
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(args.port)]
    print(f"curation is at http://{args.host}:{args.port} (stop with Ctrl-C)", flush=True)
    os.chdir(folder)
    os.execv(sys.executable, [*command, "--server.address", args.host])  # noqa: S606  the interpreter we run in


def job(folder: str, id: str) -> None:
    """Do a background job the app has started."""
    from curation.project import Project

    project = Project.open(Path(folder))
    project.run_job(id, project.verbs())


# -- shared by the commands


def _load_files(project: Any, args: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    columns = Columns(input=(args.input,) if args.input else (), output=args.output, label=args.label, group=args.group)
    lines = []
    for n, path in enumerate(args.files):
        step = part(progress, n / len(args.files), (n + 1) / len(args.files))
        loaded = project.load(path, columns, progress=step)
        chosen = {k: v for k, v in asdict(loaded.imported.columns).items() if v}
        line = {"file": loaded.name, "rows": loaded.stored + loaded.rejected, "stored": loaded.stored}
        line |= {"rejected": loaded.rejected, "reasons": dict(loaded.reasons), "columns": chosen}
        lines.append(line | {"already_loaded": loaded.already, "warnings": list(loaded.imported.warnings)})
        if not args.quiet:
            _print_loaded(lines[-1])
    return lines


def _print_loaded(line: dict[str, Any]) -> None:
    columns = ", ".join(
        f"{k} = {' + '.join(v) if isinstance(v, (list, tuple)) else v}" for k, v in line["columns"].items()
    )
    why = ", ".join(f"{reason} {n}" for reason, n in line["reasons"].items())
    again = " (already in the project, not loaded twice)" if line["already_loaded"] else ""
    rejected = f"{line['rejected']:,} rejected" + (f" ({why})" if why else "")
    print(f"{line['file']}: {line['rows']:,} rows = {line['stored']:,} stored + {rejected}{again}", file=sys.stderr)
    print(f"  columns: {columns}", file=sys.stderr)
    for warning in line["warnings"]:
        print(f"  note: {warning}", file=sys.stderr)


def _context(path: Path | None) -> Any:
    if path is None:
        return None
    from curation.readiness.context_file import read_context

    return read_context(path)


def _show_verdict(args: argparse.Namespace, project: Any) -> None:
    body = (project.last_verdict() or {})["verdict"]
    if args.json:
        _print_json(body)
    else:
        _print_verdict(body)


def _print_verdict(body: dict[str, Any]) -> None:
    provisional = " (provisional)" if body["provisional"] else ""
    print(f"{body['outcome']}{provisional}: {body['headline']}")
    for reason in body["reasons"]:
        print(f"  - {reason}")
    print(f"What would change it: {body['nearest_flip']}\nNext: {body['next_step']}")


def _print_counts(args: argparse.Namespace, title: str, counts: dict[str, int]) -> None:
    if args.json:
        _print_json(counts)
    else:
        print(title)
        for name, n in sorted(counts.items()):
            print(f"  {name:24} {n:>10,}")


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """A progress line on stderr where a person is looking, else nothing."""
    if quiet or not sys.stderr.isatty():
        yield ignore
        return

    def show(done: float, message: str) -> None:
        print(f"\r\033[K{done:4.0%} {message}", end="", file=sys.stderr, flush=True)

    yield show
    print("\r\033[K", end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["_job"]:
        job(*arguments[1:3])
        return 0
    try:
        args = build_parser().parse_args(arguments)
        with _progress(args.quiet) as progress:
            args.function(args, progress)
    except CurationError as error:
        return _tell(arguments, str(error), error.exit_status)
    except (Cancelled, KeyboardInterrupt):
        return _tell(arguments, "Stopped. Nothing was written.", EXIT_CANCELLED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _tell(arguments, f"{where}{error.strerror or error}. Check the path and its permissions.", 1)
    except Exception as error:  # noqa: BLE001  the last door: a person gets a sentence, never a traceback
        kind = type(error).__name__
        return _tell(arguments, f"A fault of ours ({kind}: {error}). Run it with --debug and report what it shows.", 1)
    return 0


def _tell(arguments: list[str], message: str, status: int) -> int:
    if "--debug" in arguments:
        traceback.print_exc()
    print(f"curation: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
