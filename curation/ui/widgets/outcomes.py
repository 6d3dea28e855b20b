"""How an outcome is shown: its word, colour and icon, always together."""

from typing import Literal

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

OUTCOMES: dict[str, tuple[str, Color, str]] = {
    "fix_data": ("Fix the data first", "red", ":material/block:"),
    "prompt": ("A good prompt is enough", "blue", ":material/edit_note:"),
    "stay_with_prompt": ("Stay with the prompt", "blue", ":material/edit_note:"),
    "retrieve": ("Retrieve instead", "blue", ":material/search:"),
    "retrieve_and_lora": ("Retrieve, and tune style", "violet", ":material/search:"),
    "retrieved_examples": ("Retrieved examples suffice", "blue", ":material/search:"),
    "clean": ("Clean the labels first", "orange", ":material/cleaning_services:"),
    "collect": ("Collect more first", "orange", ":material/add_circle:"),
    "cannot_judge": ("Cannot judge yet", "gray", ":material/help:"),
    "not_learnable": ("No pattern to learn", "red", ":material/block:"),
    "need_unproven": ("Need not proven", "gray", ":material/help:"),
    "lora": ("Fine-tune with LoRA", "green", ":material/check_circle:"),
    "full_fine_tune": ("Full fine-tuning", "green", ":material/check_circle:"),
}
STATUSES: dict[str, Color] = {
    "ok": "green",
    "warn": "orange",
    "fail": "red",
    "missing": "gray",
    "not_applicable": "gray",
}
WORDS = {outcome: word for outcome, (word, _, _) in OUTCOMES.items()}
