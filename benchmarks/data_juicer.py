"""What py-data-juicer's nearest recipe takes on the same rows: called by scale.py, in an environment of its own.

    python -m venv DIR && DIR/bin/pip install py-data-juicer aiohttp
    python benchmarks/scale.py --only "free text" --data-juicer DIR/bin/dj-process

The recipe is those of its operators that need no download and look for what our checks look for: personal data,
writing, odd lengths and characters, repetition, near-duplicates at the threshold of ours. It has nothing for wrong
labels, answers that do not fit, refusals, languages (without its model), splits or a verdict: ours does more in its
time.
"""

import json
import os
import resource
import subprocess
import time
from pathlib import Path

OPERATORS = (
    "clean_email_mapper", "clean_links_mapper", "clean_ip_mapper", "punctuation_normalization_mapper",
    "whitespace_normalization_mapper", "alphanumeric_filter", "average_line_length_filter",
    "character_repetition_filter", "maximum_line_length_filter", "special_characters_filter", "text_length_filter",
    "words_num_filter", "word_repetition_filter",
)  # fmt: skip
DUPLICATES = {"tokenization": "character", "window_size": 5, "jaccard_threshold": 0.7}


def processed(path: Path, program: Path, workers: int, folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of processor, that `dj-process` takes for the rows of a JSON lines file."""
    texts = folder / f"texts_{path.name}"
    with path.open(encoding="utf-8") as rows, texts.open("w", encoding="utf-8") as out:
        for line in rows:
            row = json.loads(line)
            out.write(json.dumps({"text": f"{row['input']}\n{row.get('output') or row.get('label')}"}) + "\n")
    recipe = folder / "recipe.yaml"
    recipe.write_text(json.dumps(_recipe(texts, workers, folder)), "utf-8")  # JSON is YAML
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (folder / "data_juicer.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [program, "--config", recipe], stdout=log, stderr=log, env={**os.environ, "HF_HUB_OFFLINE": "1"}
        )
    if done.returncode:
        raise SystemExit(f"dj-process ended with {done.returncode}:\n{_end(folder / 'data_juicer.log')}")
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _recipe(texts: Path, workers: int, folder: Path) -> dict[str, object]:
    steps = [{name: None} for name in OPERATORS] + [{"document_minhash_deduplicator": DUPLICATES}]
    return {
        "project_name": "nearest", "dataset_path": str(texts), "export_path": str(folder / "juicer" / "out.jsonl"),
        "np": workers, "open_tracer": False, "process": steps,
    }  # fmt: skip


def _end(log: Path) -> str:
    return log.read_text("utf-8", errors="replace")[-2000:]
