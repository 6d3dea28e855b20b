"""`curation dedup`: near-duplicate clusters of a file or a project."""

import argparse
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from curation.cli.flags import add_against, add_file_or_project, add_output, add_settings, given
from curation.cli.inputs import check_source, chosen_columns, chosen_options, data_files, parquet_file, source_project
from curation.cli.printing import note, note_loaded, print_counts
from curation.files import write_parquet
from curation.project import Project
from curation.project.duplicates import Duplicates
from curation.project.examples import reason_counts
from curation.records.progress import Progress, part


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    add_file_or_project(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="F.parquet")
    add_against(parser)
    add_output(parser)
    add_settings(parser, "dedup", "how near-duplicates are found", Duplicates.built_in())


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Write the near-duplicate clusters of a file or a project."""
    check_source(args)
    parquet_file(args.out)
    with data_files(args) as files:
        alone = not args.against and not args.project and len(files) == 1
        counts = _dedup_file(args, files[0].path, progress) if alone else _dedup_together(args, progress)
    print_counts(args, f"{args.out}: rows by kind", counts)


def _dedup_file(args: argparse.Namespace, path: Path, progress: Progress) -> dict[str, int]:
    settings = Duplicates.chosen(given(args, "dedup"))
    columns, options = chosen_columns(args), chosen_options(args)
    spooled, kinds = Duplicates.of_file(path, columns, args.out, settings, progress, options)
    line = {"file": path.name, "rows": spooled.stored + spooled.rejected.num_rows, "stored": spooled.stored}
    line |= {"rejected": spooled.rejected.num_rows, "reasons": reason_counts(spooled.rejected)}
    chosen = {k: v for k, v in asdict(spooled.columns).items() if v}
    note_loaded(args, line | {"columns": chosen, "already_loaded": False, "warnings": list(spooled.warnings)})
    return kinds


def _dedup_together(args: argparse.Namespace, progress: Progress) -> dict[str, int]:
    """As `_dedup_file` for several files or a project, and with the evaluation row each row overlaps; all lie in
    memory."""
    with source_project(args, part(progress, 0.0, 0.3)) as project:
        if chosen := given(args, "dedup"):
            project.duplicates.save_settings(Duplicates.chosen(chosen))
        clusters = project.duplicates.find(progress=part(progress, 0.3, 1.0))
        columns = ["id", "cluster", "keeper", "kind", "similarity"]
        table = clusters.table.select(columns).add_column(0, "row", project.examples.curated().dataset.table["row"])
        if args.against:
            table = _with_overlap(project, args, table)
    write_parquet(args.out, table)
    return {kind["values"]: kind["counts"] for kind in table["kind"].value_counts().to_pylist()}


def _with_overlap(project: Project, args: argparse.Namespace, table: pa.Table) -> pa.Table:
    project.examples.hold_against(args.against)
    overlap = project.duplicates.overlap()
    at = pc.index_in(table["id"], overlap["id"])
    table = table.append_column("evaluation_row", overlap["evaluation_row"].take(at))
    rows = pc.count_distinct(overlap["id"]).as_py()
    note(args, f"{rows:,} rows equal or closely resemble one of {args.against.name}")
    return table.append_column("evaluation_similarity", overlap["similarity"].take(at))
