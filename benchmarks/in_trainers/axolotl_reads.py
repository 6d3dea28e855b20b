"""A written recipe through axolotl's own configuration check and prompt strategies, and what its loss is taken on.
Prints JSON.

    python axolotl_reads.py EXPORT METHOD [LIMIT]
"""

import json
import os
import sys
from pathlib import Path

from axolotl.cli.config import load_cfg
from axolotl.common.datasets import load_datasets, load_preference_datasets
from axolotl.loaders import load_tokenizer

IGNORED = -100


def main(folder: Path, method: str, *limit: str) -> None:
    """Print the texts of the rows and the parts of them that are learned."""
    os.chdir(folder)
    cfg = load_cfg(f"axolotl_{method}.yaml", **({"sequence_len": int(limit[0])} if limit else {}))
    load = load_datasets if method == "sft" else load_preference_datasets
    rows = load(cfg=cfg).train_dataset
    decode = load_tokenizer(cfg).decode
    learned = []
    for row in rows:
        if method == "sft":
            kept = [label for label in row["labels"] if label != IGNORED]
            learned.append({"text": decode(row["input_ids"]), "learned": decode(kept)})
        else:
            answers = [row[name] for name in ("chosen", "rejected", "completion") if name in row]
            learned += [{"text": row["prompt"] + answer, "learned": answer} for answer in answers]
    print(json.dumps({"rows": len(rows), "learned": learned, "lora": cfg.adapter}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
