"""Two steps of TRL from a written recipe, and what its loss is taken on. Prints JSON.

    python trl_steps.py EXPORT METHOD [LIMIT]

The recipe `trl_METHOD.yaml` is read by TRL's own parser, as `trl METHOD --config` does it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
import trl
from trl import ModelConfig, TrlParser, get_dataset, get_peft_config
from trl.scripts.utils import DatasetMixtureConfig

IGNORED = -100


def main(folder: Path, method: str, *limit: str) -> None:
    """Train two steps (the first, warming up, has a learning rate of 0) and print the texts that are learned."""
    os.chdir(folder)
    kind = method.upper()
    parser = TrlParser((getattr(trl, f"{kind}Config"), ModelConfig, DatasetMixtureConfig))
    words = ["--config", f"trl_{method}.yaml", "--use_cpu", "true", "--max_steps", "2", "--report_to", "none"]
    words += [word for given in limit for word in ("--max_length", given)]
    training, model, mixture, _ = parser.parse_args_and_config(words, return_remaining_strings=True)
    training.output_dir = str(folder.parent / f"trained_{method}")
    rows = get_dataset(mixture)["train"]
    trainer = getattr(trl, f"{kind}Trainer")(
        model=model.model_name_or_path, args=training, train_dataset=rows, peft_config=get_peft_config(model)
    )
    names = [name for name, _ in trainer.model.named_parameters() if "lora_B" in name]
    trainer.train()
    moved = sum(bool(torch.any(trainer.model.get_parameter(name) != 0)) for name in names)
    step = {"loss": trainer.state.log_history[0]["loss"], "moved": moved, "adapters": len(names)}
    print(json.dumps({**step, "rows": len(trainer.train_dataset), "learned": _learned(trainer)}))


def _learned(trainer: Any) -> list[dict[str, str]]:
    """The text of each row as the trainer lays it out, and the parts of it that are learned."""
    decode, found = trainer.processing_class.decode, []
    for row in trainer.train_dataset:
        batch = trainer.data_collator([row])
        is_learned = batch["completion_mask"].bool() if "completion_mask" in batch else batch["labels"] != IGNORED
        for ids, kept in zip(batch["input_ids"], is_learned, strict=True):
            found.append({"text": decode(ids), "learned": decode(ids[kept])})
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
