"""croissant.json of an export: the files and columns in the Croissant format, as search engines and loaders read it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curation.export.card.about import hub_licence
from curation.export.manifest import Manifest, hashed
from curation.wording import EXPORT_COLUMNS

NAME = "croissant.json"
CONTEXT: Mapping[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "equivalentProperty": "cr:equivalentProperty", "extract": "cr:extract", "field": "cr:field",
    "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
"""The context of Croissant 1.0 (docs.mlcommons.org/croissant/docs/croissant-spec.html)."""
FORMATS = {
    "parquet": "application/x-parquet", "csv": "text/csv", "json": "application/json", "jsonl": "application/jsonlines",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


ROWS = 10_000
"""Of a column looked at together: the first of them mostly say that something stands there."""


def croissant(folder: Path, manifest: Manifest, configs: Mapping[str, Mapping[str, str]]) -> bytes:
    """The metadata of the export in `folder`; `configs` are the files of each split that has rows, by configuration.

    It holds no time, no name and no path, so that the same rows give the same bytes.
    """
    counts, about, files = manifest.counts, manifest.about, next(iter(configs.values()), {})
    rows = ", ".join(f"{counts[split]:,} {split}" for split in files)
    whole = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "training-set",
        "description": f"Examples for fine-tuning, cleaned and split without leaks: {rows}.",
        "version": "1.0.0",
        "keywords": [about.get("task", "text-generation")],
        "distribution": [
            _file(folder, name) for name in dict.fromkeys(name for of in configs.values() for name in of.values())
        ],
        "recordSet": [_records(folder / name, split) for split, name in files.items() if name.endswith(".parquet")],
    }
    if about.get("languages"):
        whole["inLanguage"] = list(about["languages"])
    if declared := about.get("licence"):
        name = hub_licence(declared)
        whole["license"] = declared if name == "other" else name
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _file(folder: Path, name: str) -> dict[str, Any]:
    found = hashed(folder / name)
    return {
        "@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": name,
        "contentSize": f"{found['bytes']} B", "sha256": found["sha256"],
        "encodingFormat": FORMATS.get(name.rpartition(".")[2], "application/octet-stream"),
    }  # fmt: skip


def _records(path: Path, split: str) -> dict[str, Any]:
    """The columns of a split's Parquet file in which anything stands."""
    with pq.ParquetFile(path) as file:
        fields = [_field(path.name, split, column) for column in file.schema_arrow if _is_filled(file, column.name)]
    return {"@type": "cr:RecordSet", "@id": split, "name": split, "description": f"The {split} rows.", "field": fields}


def _is_filled(file: pq.ParquetFile, column: str) -> bool:
    return any(batch.column(0).null_count < batch.num_rows for batch in file.iter_batches(ROWS, columns=[column]))


def _field(file: str, split: str, column: pa.Field) -> dict[str, Any]:
    name = f"{split}/{column.name}"
    source = {"fileObject": {"@id": file}, "extract": {"column": column.name}}
    made: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name,
                            "description": EXPORT_COLUMNS.get(column.name, column.name)}  # fmt: skip
    if pa.types.is_list(column.type):
        turns = column.type.value_type
        parts = [part.name for part in turns if not pa.types.is_nested(part.type)]
        made["repeated"] = True
        made["subField"] = [
            {
                "@type": "cr:Field", "@id": f"{name}/{part}", "name": f"{name}/{part}", "dataType": "sc:Text",
                "source": {**source, "transform": {"jsonPath": part}},
            }
            for part in parts
        ]  # fmt: skip
        return made
    return {**made, "dataType": "sc:Float" if pa.types.is_floating(column.type) else "sc:Text", "source": source}
