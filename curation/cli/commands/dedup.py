"""`curation dedup`: near-duplicate clusters of a file."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curation.cli.flags import add_against, add_files, add_output, add_settings, given
from curation.cli.inputs import chosen_columns, chosen_options, data_files, load_files, parquet_file
from curation.cli.printing import print_counts, print_loaded
from curation.dedup import Settings, decontaminate
from curation.files import write_parquet
from curation.progress import Progress, part
from curation.project import Project
from curation.project.duplicates import Duplicates
from curation.project.examples import reason_counts


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_files(parser, many=False)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    add_against(parser)
    add_output(parser)
    add_settings(parser, "dedup", "how near-duplicates are found", Settings())


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write the near-duplicate clusters of a file."""
    parquet_file(args.out)
    settings = Settings(**given(args, "dedup"))
    with data_files(args) as files:
        if args.against or len(files) > 1:
            counts = _dedup_together(args, settings, progress)
        else:
            counts = _dedup_file(args, files[0].path, settings, progress)
    print_counts(args, f"{args.out}: rows by kind", counts)


def _dedup_file(args: argparse.Namespace, path: Path, settings: Settings, progress: Progress) -> dict[str, int]:
    columns, options = chosen_columns(args), chosen_options(args)
    spooled, kinds = Duplicates.of_file(path, columns, args.out, settings, progress, options)
    if not args.quiet:
        line = {"file": path.name, "rows": spooled.stored + spooled.rejected.num_rows, "stored": spooled.stored}
        line |= {"rejected": spooled.rejected.num_rows, "reasons": reason_counts(spooled.rejected)}
        chosen = {k: v for k, v in asdict(spooled.columns).items() if v}
        print_loaded(line | {"columns": chosen, "already_loaded": False, "warnings": list(spooled.warnings)})
    return kinds


def _dedup_together(args: argparse.Namespace, settings: Settings, progress: Progress) -> dict[str, int]:
    """As `_dedup_file` for several files, and with the evaluation row each row overlaps; all lie in memory."""
    with Project.temporary(args.files) as project:
        load_files(project, args, part(progress, 0.0, 0.3))
        clusters = project.duplicates.find(settings, part(progress, 0.3, 1.0))
        columns = ["id", "cluster", "keeper", "kind", "similarity"]
        table = clusters.table.select(columns).add_column(0, "row", project.examples.dataset().table["row"])
        if args.against:
            table = _with_overlap(project, args, table, settings)
    write_parquet(args.out, table)
    return {kind["values"]: kind["counts"] for kind in table["kind"].value_counts().to_pylist()}


def _with_overlap(project: Project, args: argparse.Namespace, table: pa.Table, settings: Settings) -> pa.Table:
    dataset = project.examples.dataset()
    project.examples.hold_against(args.against)
    overlap = decontaminate(dataset, project.examples.evaluation() or dataset.take([]), settings)
    at = pc.index_in(table["id"], overlap["id"])
    table = table.append_column("evaluation_row", overlap["evaluation_row"].take(at))
    if not args.quiet:
        rows = pc.count_distinct(overlap["id"]).as_py()
        print(f"{rows:,} rows equal or closely resemble one of {args.against.name}", file=sys.stderr)
    return table.append_column("evaluation_similarity", overlap["similarity"].take(at))
