"""Speed, memory and quality of `curation.dedup` against other engines, interleaved on one corpus.

    python benchmarks/dedup.py --rows 100000
    python benchmarks/dedup.py --rows 10000000      # beside memory: seconds, peak, time a row against a million rows
    python benchmarks/dedup.py --corpus C.parquet --peers-python ENV/bin/python --peers-script peers.py

A corpus is a Parquet file with the columns input, output and label; left out, one is made from the sentences below, or
by `--generator SCRIPT` (called with --n ROWS --seed SEED --out FILE, once a million rows). Every run is a process of
its own that warms up on a few rows first, reads the corpus from disk and writes the clusters there. Peers need an
environment of their own; their script is called as `SCRIPT CORPUS --engines NAME --threshold
T` and prints one JSON object a line with at least engine, seconds and peak_mb. When it understands `--clusters FILE`
(columns row, cluster) it also tells the quality of our result. numba is used where it can be imported, in this
interpreter or in the one given by `--numba-python`. Only ratios within one call mean anything.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# Who, did, what, where, why: a sentence takes one of each.
PARTS = (
    "I,My wife,My brother,The new customer,Our team,A friend,The shop,Your agent,The courier,Nobody,Someone here",
    "cannot find,has lost,would like to return,never received,paid twice for,ordered,cancelled,still waits for,"
    "was charged for,wants to change,forgot,asked about,has to renew,tried to activate,complained about",
    "the card,a transfer,the password,the parcel,an invoice,the refund,the subscription,a top up,the exchange rate,"
    "the account,the voucher,a direct debit,the delivery address,the verification code,the statement,the fee",
    "in the app,on the website,at the counter,in another country,at the cash machine,on the new phone,by mail,"
    "during the holidays,since last week,before the trip,after the update,without any notice,for the second time",
    "because the page shows an error,although the balance is high enough,and nobody has answered yet,which is annoying,"
    "so please help,as far as anyone can tell,even though it worked before,and it is urgent,or so it seems",
)
MILLION = 1_000_000
OPENINGS = ("Hi, ", "Question: ", "Dear support team, ", "Hello there! I was wondering, ")


def main() -> None:
    """Run every engine `--runs` times in turn and print medians and ratios."""
    options = _options()
    if options.child:
        print(json.dumps(_measure(options)), flush=True)
        return
    if (pq.read_metadata(options.corpus).num_rows if options.corpus else options.rows) > MILLION:
        _scale(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.corpus or _made(options, Path(folder) / "corpus.parquet")
        clusters = Path(folder) / "clusters.parquet"
        results: dict[str, list[dict[str, Any]]] = {}
        for run in range(options.runs):
            for name, command in _engines(options, corpus, clusters).items():
                line = _last_json(command)
                results.setdefault(name, []).append(line)
                print(f"run {run + 1} {name}: {line['seconds']:.2f} s, {line['peak_mb']} MB", flush=True)
        quality = None
        if options.peers_script:
            command = [options.peers_python, options.peers_script, corpus, "--clusters", clusters]
            quality = _last_json([*command, "--threshold", str(options.threshold)])
    _report(results, quality)


def _scale(options: argparse.Namespace) -> None:
    """Our engine alone on a million rows and on all of them, and how the time a row compares."""
    with tempfile.TemporaryDirectory() as folder:
        whole = options.corpus or _made(options, Path(folder) / "whole.parquet")
        corpora = {MILLION: _head(whole, Path(folder) / "million.parquet")}
        corpora[pq.read_metadata(whole).num_rows] = whole
        print(f"{'engine':12} {'rows':>11} {'seconds':>9} {'CPU s':>9} {'peak MB':>8} {'us a row':>9} {'to 1M':>6}")
        for name in _engines(options, corpora[MILLION], Path(folder) / "clusters.parquet"):
            each = {}
            for rows, corpus in corpora.items():
                line = _last_json(_engines(options, corpus, Path(folder) / "clusters.parquet")[name])
                each[rows] = line["seconds"] / rows
                numbers = (
                    f"{line['seconds']:9.1f} {line['cpu_seconds']:9.1f} {line['peak_mb']:8} {each[rows] * 1e6:9.1f}"
                )
                print(f"{name:12} {rows:11,} {numbers} {each[rows] / each[MILLION]:6.2f}", flush=True)


def _head(corpus: Path, path: Path) -> Path:
    """The first million rows."""
    with pq.ParquetWriter(path, pq.read_schema(corpus)) as writer:
        for batch in islice(pq.ParquetFile(corpus).iter_batches(100_000), MILLION // 100_000):
            writer.write_batch(batch)
    return path


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--generator", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threshold", type=float, default=0.7)
    parser.add_argument("--shingle", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ours", default="numpy,numba")
    parser.add_argument("--numba-python", default=sys.executable)
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--peers-script", type=Path)
    parser.add_argument("--peers", default="daft,rensa")
    parser.add_argument("--child", choices=["numpy", "numba"], help=argparse.SUPPRESS)
    parser.add_argument("--clusters", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _engines(options: argparse.Namespace, corpus: Path, clusters: Path) -> dict[str, list[Any]]:
    shared = ["--corpus", corpus, "--threshold", options.threshold, "--shingle", options.shingle]
    shared += ["--workers", options.workers, "--clusters", clusters]
    found, ours = {}, options.ours.split(",")
    if "numpy" in ours:
        found["ours, numpy"] = [sys.executable, __file__, "--child", "numpy", *shared]
    if (
        "numba" in ours
        and subprocess.run([options.numba_python, "-c", "import numba"], capture_output=True, check=False).returncode
        == 0
    ):
        # -P: beside this script stands another coverage.py than the one that numba looks for
        found["ours, numba"] = [options.numba_python, "-P", __file__, "--child", "numba", *shared]
    if options.peers_script:
        for name in options.peers.split(","):
            command = [options.peers_python, options.peers_script, corpus, "--engines", name]
            found[name] = [*command, "--threshold", options.threshold]
    return found


def _last_json(command: list[Any]) -> dict[str, Any]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit(f"{' '.join(map(str, command))} printed no result:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    """Seconds and peak memory of one run in this process, its clusters written to `--clusters`."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from curation.dedup import Settings, dedup_file
    from curation.dedup.similarity import fast

    if options.child == "numpy":
        fast.numba = None
    settings = Settings(threshold=options.threshold, shingle=options.shingle, workers=options.workers, exact_below=1000)
    with tempfile.TemporaryDirectory() as folder:
        few = next(pq.ParquetFile(options.corpus).iter_batches(2_000))
        pq.write_table(pa.Table.from_batches([few]), Path(folder) / "few.parquet")
        dedup_file(Path(folder) / "few.parquet", Path(folder) / "out.parquet", settings)
    start, cpu = time.perf_counter(), time.process_time()
    found = dedup_file(options.corpus, options.clusters, settings)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = sum(found["kinds"].values())
    return {"engine": options.child, "rows": rows, "seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak}


def _report(results: dict[str, list[dict[str, Any]]], quality: dict[str, Any] | None) -> None:
    seconds = {name: statistics.median(line["seconds"] for line in lines) for name, lines in results.items()}
    peers = [name for name in seconds if not name.startswith("ours")]
    print("\nengine           median s   peak MB" + "".join(f"   to {name}" for name in peers))
    for name, lines in results.items():
        ratios = "".join(f"   {seconds[name] / seconds[peer]:{len(peer) + 3}.2f}" for peer in peers)
        print(f"{name:15} {seconds[name]:10.2f} {max(line['peak_mb'] for line in lines):9}{ratios}")
    for name, line in [*((n, lines[-1]) for n, lines in results.items()), ("ours", quality or {})]:
        kept = {key: line[key] for key in ("pair_recall", "row_precision", "planted_recall", "removed") if key in line}
        if kept:
            print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in kept.items()))


def _made(options: argparse.Namespace, path: Path) -> Path:
    """A corpus of so many rows, a million at a time so that making it takes no more memory than reading it."""
    left, seed, writer = options.rows, options.seed, None
    while left:
        count, part = min(left, MILLION), path.with_suffix(".part")
        if options.generator:
            command = [sys.executable, options.generator, "--n", count, "--seed", seed, "--out", part]
            subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        else:
            pq.write_table(_sentences(count, seed), part)
        if left == count and writer is None:
            shutil.move(part, path)
            return path
        for batch in pq.ParquetFile(part).iter_batches(100_000):
            writer = writer or pq.ParquetWriter(path, batch.schema)
            writer.write_batch(batch)
        part.unlink()
        left, seed = left - count, seed + 1
    if writer:
        writer.close()
    return path


def _sentences(count: int, seed: int) -> pa.Table:
    rng = random.Random(seed)
    choices = [part.split(",") for part in PARTS]
    texts: list[str] = []
    while len(texts) < count:
        if texts and rng.random() < 0.3:
            texts.append(_edited(rng, rng.choice(texts[-5_000:])))
        else:
            texts.append(" ".join(_sentence(rng, choices) for _ in range(rng.choice([2, 2, 3, 4]))))
    rng.shuffle(texts)
    return pa.table({"input": texts, "output": ["Thank you."] * len(texts), "label": [""] * len(texts)})


def _sentence(rng: random.Random, choices: list[list[str]]) -> str:
    return " ".join(rng.choice(part) for part in choices) + "."


def _edited(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words) - 1)
    edit = rng.choice(["exact", "case", "typo", "swap", "insert", "opening", "cut"])
    if edit == "case":
        return rng.choice([text.upper(), text.lower() + "  ", text.title()])
    if edit == "opening":
        return rng.choice(OPENINGS) + text
    if edit == "cut":
        return " ".join(words[: -max(1, len(words) // 8)])
    if edit == "typo":
        words[at] = words[at][:-1] + rng.choice("abcdefghijklmnopqrstuvwxyz")
    elif edit == "swap":
        words[at], words[at + 1] = words[at + 1], words[at]
    elif edit == "insert":
        words.insert(at, rng.choice(["just", "really", "now", "please"]))
    return " ".join(words)


if __name__ == "__main__":
    main()
