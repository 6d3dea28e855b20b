"""Whether words and meaning together find what either finds: `python benchmarks/search.py banking77=a.csv clinc150=b.csv`.

Forty questions written before the first run (`search_queries.csv`), each with the labels of the rows it should find, in
public intent sets (text, label; none is shipped): the share of the first ten rows that have one of those labels.
"""

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np
from meaning import labelled_rows

from curation.project import Project
from curation.records import Filter

QUESTIONS = Path(__file__).with_name("search_queries.csv")
FIRST = 10
WAYS = ("words", "meaning", "both")


def shares(name: str, paths: list[Path]) -> dict[str, list[float]]:
    """By way of search, the share of right rows among the first ten for each question of a set."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        asked = [row for row in csv.DictReader(file) if row["set"] == name]
    with tempfile.TemporaryDirectory() as folder, Project.open(Path(folder) / name, create=True) as project:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "category"), *labelled_rows(paths)])
        project.examples.load(path)
        found: dict[str, list[float]] = {way: [] for way in WAYS}
        for row in asked:
            wanted = row["wanted"].split("|")
            for way in WAYS:
                hits = project.meaning.search(Filter(text=row["question"], search=way), FIRST)  # type: ignore[arg-type]
                found[way].append(sum(hit.example.label in wanted for hit in hits) / FIRST)
            print(f"{row['question'][:50]:50}", *(f"{found[way][-1]:.1f}" for way in WAYS))
    return found


def main() -> None:
    """The mean share by way of search, each set and all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="banking77=FILE[,FILE] or clinc150=FILE, CSV files of text and label")
    together: dict[str, list[float]] = {way: [] for way in WAYS}
    for one in parser.parse_args().sets:
        name, _, paths = one.partition("=")
        found = shares(name, [Path(path) for path in paths.split(",")])
        print(name, *(f"{way} {np.mean(found[way]):.3f}" for way in WAYS))
        for way in WAYS:
            together[way] += found[way]
    print("all", *(f"{way} {np.mean(together[way]):.3f}" for way in WAYS), f"of {len(together['both'])} questions")


if __name__ == "__main__":
    main()
