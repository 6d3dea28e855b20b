"""README.md of an export: a dataset card that people read and that lets the Hugging Face `datasets` library load the
folder by itself."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from curation.export.card.about import hub_licence
from curation.export.card.counted import counted_line
from curation.export.formats import export_format
from curation.export.manifest import Manifest
from curation.export.marked import MARKED
from curation.export.personal import REASON
from curation.export.subset import BALANCED, capped_reason
from curation.text.carried import listed
from curation.wording import OUTCOMES, TREATMENTS, counted, percent, word
from curation.wording.visible import marked

LABELS_SHOWN = 50
LONGEST = 80
"""Characters of a value from the data shown in the card: labels and file names, not texts."""

BUILDERS = {"parquet": "parquet", "csv": "csv", "json": "json", "jsonl": "json", "txt": "text"}
"""What `datasets` reads a file with, by the end of its name. A folder has one of them, that of its first files: files
of another under a configuration of their own would be read as what they are not."""

_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")


def text(value: str) -> str:
    """A value from the data as one line of literal Markdown text: nothing in it formats, links or loads anything."""
    line = " ".join(marked(value).split())
    short = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return _MARKUP.sub(r"\\\1", short)


def card(
    manifest: Manifest, labels: Mapping[str, int], configs: Mapping[str, Mapping[str, str]], as_csv: bool = False
) -> str:
    """The card. `labels` are the kept rows by label, `configs` the file of each split that has rows, by the name under
    which `datasets` loads them.

    `as_csv` where the removed rows are also written as CSV.
    """
    counts = manifest.counts
    removed_files = "`removed.csv`, `removed.parquet`" if as_csv else "`removed.parquet`"
    lines = [
        *_front_matter(manifest, _by_itself(configs)),
        "# Training set",
        "",
        f"{counts['rows_in']:,} rows came in: {counts['kept']:,} are kept, {counts['removed']:,} were removed"
        f" ({removed_files}), {counts['rejected']:,} could not be read (`rejected.jsonl`). The column `row` of these"
        " files counts from 0; the app counts from 1.",
        "",
        *_sentence(difference(manifest)),
        *_table(("Split", "Rows"), [(name, counts[name]) for name in ("train", "validation", "test")]),
        "Rows that are near-duplicates of each other, or belong to one group, are always in the same split."
        + similarity_line(manifest.about),
        "",
        *_tokens(manifest.about.get("tokens", {})),
        *_licence(manifest.about),
        *_sentence(held_line(manifest)),
        *_sentence(" ".join(lost_lines(manifest))),
    ]
    lines += [*_personal(manifest.personal), *_marks(manifest.marks)]
    if manifest.verdict:
        outcome = word(OUTCOMES, str(manifest.verdict.get("outcome", "")))
        lines += ["## Verdict", "", text(outcome.title), ""]
    if manifest.removed:
        lines += ["## Removed rows", "", *_table(("Reason", "Rows"), _by_count(manifest.removed))]
    lines += _label_table(labels)
    lines += ["## Sources", "", *(f"- {text(source)}" for source in manifest.sources), ""]
    lines += _loading(configs)
    lines += ["", f"Dataset digest `{manifest.dataset}`, seed {manifest.seed}. Hashes of all files: `manifest.json`."]
    return "\n".join(lines) + "\n"


def held_line(manifest: Manifest) -> str:
    """How many rows stand in test since models are measured on them, in sentences; "" where nothing was measured."""
    if not manifest.held:
        return ""
    rows, scored, counts = manifest.held["rows"], manifest.held["scored"], manifest.counts
    said = (
        f"{counted(rows, 'row is', 'rows are')} in test, never in train or validation, because models are "
        "measured on them "
        "or on near-duplicates of them: a model trained on these files has seen none of them."
    )
    if manifest.counts["test"] > math.ceil(manifest.shares[2] * counts["kept"]):
        share, meant = manifest.counts["test"] / counts["kept"], manifest.shares[2]
        said += f" That makes test larger than usual: {percent(share)} of the rows instead of {percent(meant)}."
    if labels := manifest.held["labels"]:
        said += (
            f" That leaves {counted(labels, 'label')} without a training row: collect more of "
            f"{'it' if labels == 1 else 'them'}."
        )
    if scored:
        said += (
            f" {scored:,} more rows were scored with outputs from elsewhere, too many to keep apart: they are in any "
            "split, and tuned models are not scored on those in train."
        )
    return said


def bad_line(manifest: Manifest) -> str:
    """How many rows have a bad answer alone and what they are for; "" where none has."""
    rows = manifest.about.get("bad_answers", 0)
    if not rows:
        return ""
    return (
        f"{counted(rows, 'row has', 'rows have')} a bad answer alone (in Parquet: `rejected` and no output), for "
        "training on preferences (KTO). Leave them out of any other training."
    )


def lost_lines(manifest: Manifest) -> list[str]:
    """What rows are for other training, what the formats of an export cannot carry and what does, in sentences; none
    where nothing is lost."""
    known = export_format.all()
    titles = {name: known[name].title if name in known else name for name in sorted(manifest.lost)}
    said = [f"{title} does not carry: {listed(manifest.lost[name])}." for name, title in titles.items()]
    bad = [line] if (line := bad_line(manifest)) else []
    return [*bad, *said, "Parquet keeps all of it."] if said else bad


def difference(manifest: Manifest) -> str:
    """Why the verdict counts another number of rows than are kept, "" where it doesn't."""
    personal = manifest.removed.get(REASON, 0)
    limits = manifest.settings.get("subset", {})
    over = sum(manifest.removed.get(why, 0) for why in (BALANCED, capped_reason(limits.get("cap_per_label", 0))))
    bad = manifest.about.get("bad_answers", 0)
    said = counted_line(manifest.counted, manifest.removed, manifest.counts["kept"] - bad + personal + over)
    for left_out, why in ((personal, "with personal data"), (over, "of large labels")):
        if said and left_out:
            were = "was" if left_out == 1 else "were"
            said += f" (Counted before {counted(left_out, 'row')} {why} {were} left out.)"
    return said


def _label_table(labels: Mapping[str, int]) -> list[str]:
    if not labels:
        return []
    lines = ["## Labels", "", *_table(("Label", "Rows"), _by_count(labels)[:LABELS_SHOWN])]
    left = len(labels) - LABELS_SHOWN
    return [*lines, f"{left:,} more labels are not listed.", ""] if left > 0 else lines


def _sentence(said: str) -> list[str]:
    return [said, ""] if said else []


def _personal(personal: Mapping[str, Any]) -> list[str]:
    rows = personal.get("rows", 0)
    if not rows:
        return []
    fate = TREATMENTS[personal["treatment"]].sentence
    return [f"Personal data or keys were found in {counted(rows, 'row')}. {fate}", ""]


def _marks(marks: Mapping[str, int]) -> list[str]:
    if not marks:
        return []
    return [
        f"{marks['retrieval']:,} rows hold facts better retrieved than learned (`{MARKED['retrieval']}`), "
        f"{marks['style']:,} teach form or style (`{MARKED['style']}`). Both files repeat rows of the splits, which "
        "the column `split` names: keep the test rows out of a knowledge base while you measure on them.",
        "",
    ]


def _builder(files: Mapping[str, str]) -> str:
    """What `datasets` reads these files with, "" where it has nothing for them."""
    return BUILDERS.get(next(iter(files.values())).rpartition(".")[2], "")


def _by_itself(configs: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The configurations that load by the name of the folder: those read as the first is."""
    filled = {name: files for name, files in configs.items() if files and _builder(files)}
    return {name: files for name, files in filled.items() if _builder(files) == _builder(next(iter(filled.values())))}


def _loading(configs: Mapping[str, Mapping[str, str]]) -> list[str]:
    """How every file is loaded with `datasets`."""
    named = _by_itself(configs)
    lines = ["import datasets", "", *(['datasets.load_dataset("path/to/this/folder")'] if named else [])]
    lines += [f'datasets.load_dataset("path/to/this/folder", "{name}")' for name in named if name != "default"]
    for name, files in configs.items():
        if files and name not in named and _builder(files):
            listed_files = ", ".join(f'"{split}": "{file}"' for split, file in files.items())
            lines.append(f'datasets.load_dataset("{_builder(files)}", data_files={{{listed_files}}})')
    return ["## Loading", "", "```python", *lines, "```"]


def similarity_line(about: Mapping[str, Any]) -> str:
    """The largest similarity across the splits, as a further sentence; "" where nothing was compared."""
    found = about.get("similarity", {})
    if not found:
        return ""
    return (
        f" The most similar inputs of train and the other splits share {percent(found['largest'])} of their character "
        f"sequences (Jaccard similarity; {found['held_out_rows']:,} inputs held against {found['train_rows']:,})."
    )


def _tokens(told: Mapping[str, Any]) -> list[str]:
    splits = told.get("splits", {})
    if not splits:
        return []
    is_exact = told["how"] == "counted"
    head = ("Split", "Tokens", "Of answers", "Median row", "Longest row")
    lines = [f"| {' | '.join(head)} |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, one in splits.items():
        total = f"{one['total']:,}" if is_exact else f"{one['total']:,} ({one['least']:,} to {one['most']:,})"
        lines.append(f"| {name} | {total} | {one['answers']:,} | {one['median']:,} | {one['longest']:,} |")
    how = (
        f"Counted with the tokenizer whose SHA-256 is `{told['tokenizer']}`"
        if is_exact
        else "Estimated by script and content, in brackets what it may be with another tokenizer"
    )
    return ["## Tokens", "", *lines, "", f"{how}; a row includes what a chat template adds, about.", ""]


def _licence(about: Mapping[str, Any]) -> list[str]:
    if not about:
        return []
    declared = about.get("licence", "")
    said = (
        f"Licence: {text(declared)}."
        if declared
        else "Licence: not given. Say it before you pass this set on (`[data] licence` of the context, or here)."
    )
    return [said, ""]


def _front_matter(manifest: Manifest, configs: Mapping[str, Mapping[str, str]]) -> list[str]:
    lines = _hub_lines(manifest.about)
    if any(configs.values()):
        lines += _config_lines(configs)
    return ["---", *lines, "---", ""] if lines else []


def _hub_lines(about: Mapping[str, Any]) -> list[str]:
    """What the Hugging Face hub reads of a data set."""
    if not about:
        return []
    licence = hub_licence(about["licence"])
    lines = [f"license: {licence}"] if licence else []
    if licence == "other":
        named = re.sub("[^a-z0-9.]+", "-", about["licence"].lower()).strip("-.")[:LONGEST]
        lines.append(f'license_name: "{named or "as-declared"}"')
    if about["languages"]:
        # "no" is a language and, unquoted, a falsehood
        lines += ["language:", *(f'- "{name}"' for name in about["languages"])]
    lines += ["task_categories:", f"- {about['task']}", "size_categories:", f"- {about['size']}"]
    return lines


def _config_lines(configs: Mapping[str, Mapping[str, str]]) -> list[str]:
    lines = ["configs:"]
    for config, files in configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        lines += [f"  - split: {split}\n    path: {name}" for split, name in files.items()]
    return lines


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _table(head: tuple[str, str], rows: Sequence[tuple[str, int]]) -> list[str]:
    body = [f"| {text(name) or '(empty)'} | {count:,} |" for name, count in rows]
    return [f"| {head[0]} | {head[1]} |", "| --- | ---: |", *body, ""]
