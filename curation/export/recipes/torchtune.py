"""torchtune: settings to put behind `tune run` in the folder of the export; the model's own settings come from one of
torchtune's configurations, which name its builder and files. It reads chat messages as they are (OpenAI's form),
without tools, and preference pairs as whole conversations; the loss is taken on the assistant's turns only; the model's
tokenizer joins the turns. Checked against torchtune 0.6."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.export.recipes import METHOD, Lines, Raw, Way, recipe, yaml
from curation.export.training import Facts, Numbers

RUNS = {
    "sft": ("lora_finetune_single_device", "llama3_1/8B_lora_single_device", "chat_dataset"),
    "dpo": ("lora_dpo_single_device", "llama3_1/8B_lora_dpo_single_device", "preference_dataset"),
}
"""By method: torchtune's recipe, the configuration in the command unless another is named (`tune ls` lists them), and
the dataset builder that reads the file."""
ARGUMENTS = r"$(sed -n 's/^\([a-z_.]*\): \([^ ]*\).*/\1=\2/p' {name})"
"""Each line of the file as one setting behind a command, comments left out."""


STYLE: Lines = [
    ("dataset.conversation_column", Raw("messages"), ""),
    ("dataset.conversation_style", Raw("openai"), "turns with role and content"),
]


@dataclass(frozen=True)
class Settings:
    """What is trained and how."""

    model: str = field(default="", metadata={"help": "One of torchtune's configurations (tune ls), with LoRA"})
    method: str = field(default="auto", metadata={**METHOD, "choices": ("auto", "sft", "dpo")})


@recipe(
    "torchtune",
    "torchtune",
    settings=Settings(),
    methods={
        "sft": Way(
            "jsonl_chat",
            {"arguments": "object", "tools": "text"},
            limit="tokenizer.max_seq_len",
            usual=8192,
            long_prompt="cut",
            alternates="refused",
            texts_only=True,
            ignores=("weights of turns", "tool definitions"),
        ),
        "dpo": Way(
            "preference",
            {"form": "torchtune", "arguments": "object", "tools": "text"},
            limit="tokenizer.max_seq_len",
            usual=8192,
            long_prompt="cut",
            texts_only=True,
            ignores=("weights of turns", "tool definitions"),
        ),
    },
)
def torchtune(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """One YAML file of settings, each on a line of its own."""
    name = f"torchtune_{facts.method}.yaml"
    command, usual, reader = RUNS[facts.method]
    config = settings.model or usual
    said = "" if settings.model else " Put the configuration of your model in its place: tune ls lists them."
    lines: Lines = [
        f"Run in this folder, the files of the model downloaded (tune download).{said}",
        f"tune run {command} --config {config} {ARGUMENTS.format(name=name)}",
        "",
        ("dataset._component_", Raw(f"torchtune.datasets.{reader}"), ""),
        ("dataset.source", Raw("json"), ""),
        ("dataset.data_files", Raw(facts.files["train"]), "test stays unseen until the end"),
        ("dataset.split", Raw("train"), "what a single file is called"),
        *(STYLE if facts.method == "sft" else []),
        ("dataset.train_on_input", Raw("False"), "the loss is taken on the answers only"),
        ("tokenizer.max_seq_len", Raw(numbers.max_length.text), numbers.max_length.why),
        ("model.lora_rank", Raw(numbers.rank.text), numbers.rank.why),
        ("model.lora_alpha", Raw(numbers.alpha.text), numbers.alpha.why),
        ("epochs", Raw(numbers.epochs.text), numbers.epochs.why),
        ("batch_size", Raw(numbers.batch.text), numbers.batch.why),
        ("gradient_accumulation_steps", Raw(numbers.accumulation.text), numbers.accumulation.why),
        ("optimizer.lr", Raw(numbers.rate.text), numbers.rate.why),
        ("seed", Raw(str(facts.seed)), ""),
        ("output_dir", Raw(f"../trained_torchtune_{facts.method}"), "outside this folder, which stays as exported"),
    ]
    return {name: yaml(lines)}
