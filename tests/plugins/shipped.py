"""A package of somebody else's, as pip would install it: one plug-in of every kind, and those that go wrong."""

from pathlib import Path

NAME, VERSION = "shouting-tools", "0.3"
ENTRY_POINTS = {
    "check.shouting": "shouting.check",
    "evidence.answer_length": "shouting.evidence",
    "export_format.tabs": "shouting.tabs",
    "file_format.bars": "shouting.bars",
    "recipe.plain_loop": "shouting.recipe",
    "row_shape.ask_tell": "shouting.shape",
}
FILES = {
    "check": '''"""Outputs that shout: more than half of the letters are capitals."""
from dataclasses import dataclass, field
from curation.checks import check
from curation.checks.rows import Hit, judged

@dataclass(frozen=True)
class Settings:
    rate: float = field(default=0.5, metadata={"help": "share of capitals", "min": 0.0, "max": 1.0})

@check("shouting", "Output in capitals", settings=Settings())
def shouting(shard, settings, state):
    def rule(row):
        letters = [c for c in row.output if c.isalpha()]
        rate = sum(c.isupper() for c in letters) / max(len(letters), 1)
        return Hit(rate, "it shouts") if rate > settings.rate else None
    return judged("shouting", shard, rule)
''',
    "evidence": '''"""How long the answers are: the mean number of characters."""
from curation.readiness.evidence import Figure, evidence, rated

@evidence("answer_length", "Length of the answers", rule={"unit": "count", "source": "shown for information"})
def answer_length(study, progress):
    mean = sum(len(study.rows.outputs[n]) for n in study.effective) / len(study.effective)
    return rated(study, "answer_length", Figure((mean, mean, mean), "So long are the answers."))
''',
    "tabs": '''"""One line a row, input and output apart by a tab."""
from dataclasses import dataclass
from typing import ClassVar
from curation.export.formats import export_format, rows_of

@dataclass(frozen=True)
class Settings:
    suffix: ClassVar[str] = "txt"

@export_format("tabs", "Text with tabs", settings=Settings())
def tabs(table, path, metadata, settings, progress):
    path.write_text("".join(f"{row['input']}\\t{row['output']}\\n" for row in rows_of(table, progress)), "utf-8")
    return {}
''',
    "bars": '''"""Lines whose first one is ||: question and answer apart by a bar."""
from curation.load.formats import file_format
from curation.load.rows import Claim, Row

@file_format("bars", "Text with bars")
def bars(source):
    def rows():
        for number, line in enumerate(source.text.read_text("utf-8").splitlines()[1:]):
            question, _, answer = line.partition("|")
            yield Row(number, 0, {"ask": question, "tell": answer}, line.encode())
    return Claim(1.0, rows) if source.head.startswith(b"||") else None
''',
    "shape": '''"""Rows of ask and tell."""
from curation.load.mapping import Example
from curation.load.shapes import Reading, row_shape
from curation.records import Columns

@row_shape("ask_tell", "Ask and tell")
def ask_tell(look):
    def example(row):
        return Example(row["ask"], row["tell"], None, None, None, "{}")
    return Reading(1.0, Columns(("ask",), "tell"), example) if set(look.columns) == {"ask", "tell"} else None
''',
    "recipe": '''"""A training loop of one's own."""
from dataclasses import dataclass, field
from curation.export.recipes import METHOD, MODEL, NO_MODEL, Way, recipe

@dataclass(frozen=True)
class Settings:
    model: str = field(default=NO_MODEL, metadata=MODEL)
    method: str = field(default="auto", metadata=METHOD)

@recipe("plain_loop", "A plain loop", settings=Settings(), methods={"sft": Way("jsonl_chat")})
def plain_loop(facts, numbers, settings):
    return {"loop.txt": f"train on {facts.files['train']}\\n"}
''',
}


def install(site: Path, files: dict[str, str], entries: dict[str, str], name: str = NAME) -> Path:
    """The folder with the package `shouting` and what pip writes beside it; to be put on the path."""
    package = site / "shouting"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    for module, source in files.items():
        (package / f"{module}.py").write_text(source, encoding="utf-8")
    info = site / f"{name.replace('-', '_')}-{VERSION}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n", encoding="utf-8")
    lines = [f"{entry} = {value}" for entry, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[curation.plugins]", *lines, ""]), encoding="utf-8")
    return site
