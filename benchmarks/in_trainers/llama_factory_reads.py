"""The files of an export through LLaMA-Factory's own loader, and what its loss is taken on. Prints JSON.

    python llama_factory_reads.py EXPORT METHOD [LIMIT]

`llama_factory_METHOD.yaml` is read as `llamafactory-cli train` does it.
"""

import json
import os
import sys
from pathlib import Path

import yaml
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer

IGNORED = -100


def main(folder: Path, method: str, *limit: str) -> None:
    """Print the texts of the rows and the parts of them that are learned."""
    os.chdir(folder)
    recipe = yaml.safe_load(Path(f"llama_factory_{method}.yaml").read_text("utf-8"))
    recipe |= {"cutoff_len": int(limit[0])} if limit else {}
    model, data, training, tuning, _ = get_train_args({**recipe, "bf16": False, "use_cpu": True})
    tokens = load_tokenizer(model)
    template = get_template_and_fix_tokenizer(tokens["tokenizer"], data)
    stage = {"sft": "sft", "dpo": "rm", "kto": "kto"}[method]
    loaded = get_dataset(template, model, data, training, stage=stage, **tokens)
    decode = tokens["tokenizer"].decode
    sides = ("chosen_", "rejected_") if method == "dpo" else ("",)
    learned = []
    for row in loaded["train_dataset"]:
        for side in sides:
            kept = [label for label in row[f"{side}labels"] if label != IGNORED]
            learned.append({"text": decode(row[f"{side}input_ids"]), "learned": decode(kept)})
    print(json.dumps({"rows": len(loaded["train_dataset"]), "learned": learned, "lora": tuning.finetuning_type}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
