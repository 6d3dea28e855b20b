"""The notebook in docs, run anew: `python tests/notebook.py` writes its outputs and its page, a test holds them true.

The page is plain Markdown: mkdocs-jupyter was considered; one page does not need a renderer of its own.
"""

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "python.ipynb"
PAGE = ROOT / "docs" / "notebook.md"
WRITTEN = "<!-- Written by tests/notebook.py from python.ipynb: change the notebook, then run it. -->"
PATIENCE = 300
"""Seconds a cell may take on a machine that does other work too; all of them take twenty on an idle one."""


def ran(folder: Path) -> nbformat.NotebookNode:
    """The notebook as it stands after a run in `folder`/docs, beside the sample data; nothing of the machine in it."""
    (folder / "docs").mkdir()
    (folder / "sample_data").symlink_to(ROOT / "sample_data")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    where = {"metadata": {"path": str(folder / "docs")}}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3", record_timing=False, resources=where).execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell of code shows, as text."""
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.get("text") or output["data"]["text/plain"] for output in shown]


def page(notebook: nbformat.NotebookNode) -> str:
    """The notebook as a page: its texts, its code, and what each cell shows."""
    parts = [WRITTEN]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        shown = outputs(nbformat.from_dict({"cells": [cell]}))
        parts += [f"```text\n{text.rstrip()}\n```" for text in shown]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run = ran(Path(folder))
    nbformat.write(run, NOTEBOOK)
    PAGE.write_text(page(run), "utf-8")
