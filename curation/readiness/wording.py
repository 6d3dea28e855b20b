"""What each outcome is called and says first, in words a manager knows."""

HEADLINES = {
    "fix_data": "Fix the data first: what is in the file cannot be trusted yet.",
    "prompt": "Do not tune: a good prompt already does it.",
    "retrieve": "Do not tune: give the model the facts at answer time (retrieval).",
    "retrieve_and_lora": "Look the facts up (retrieval), and tune lightly (LoRA) for the style on top.",
    "retrieved_examples": "Do not tune: showing the model similar past examples is enough.",
    "clean": "Not yet: clean the answers before anything else.",
    "collect": "Not yet: collect more examples.",
    "cannot_judge": "It cannot be decided yet: the scores are too uncertain.",
    "not_learnable": "Do not tune: the answers do not follow from the inputs.",
    "need_unproven": "The need for tuning is not shown: measure the base model first.",
    "lora": "Tune lightly (LoRA): the data is good enough and there is something to win.",
    "full_fine_tune": "Tune the whole model: light tuning was tried and falls short.",
    "stay_with_prompt": "Stay with the prompt: tuning is not worth it here.",
}
NAMES = {
    "fix_data": "fix the data first",
    "prompt": "a good prompt",
    "retrieve": "retrieval",
    "retrieve_and_lora": "retrieval with light tuning (LoRA)",
    "retrieved_examples": "looked-up examples",
    "clean": "clean the answers",
    "collect": "collect more",
    "cannot_judge": "cannot be decided",
    "not_learnable": "not learnable",
    "need_unproven": "need not shown",
    "lora": "light tuning (LoRA)",
    "full_fine_tune": "full tuning",
    "stay_with_prompt": "stay with the prompt",
}
PROVISIONAL = (
    "This is provisional: the base model has not been measured, so better prompting may still turn out to be enough."
)

ACTIONS = {
    "prompt": "Put the prompt to use and keep the scored rows to check it by.",
    "retrieve": "Set up retrieval over the source of the facts and score it on the held-out rows.",
    "retrieve_and_lora": "Set up retrieval first, then tune a LoRA on top and score both on the same held-out rows.",
    "retrieved_examples": "Build a prompt that looks up similar examples and score it on the held-out rows.",
    "not_learnable": "Look at ten rows with an expert: would they know the answer from the input alone?",
    "lora": "Train a LoRA and score it on the same held-out rows: that shows whether tuning paid off.",
    "full_fine_tune": "Tune the whole model and score it on the same held-out rows and on a general-ability set.",
    "stay_with_prompt": "Keep the prompt and look again when the volume, the prices or the target change.",
}
"""What to do on an outcome whose evidence names no fix of its own."""
MEASUREMENTS = {
    "base_model": "score the base model with a good prompt on {rows:,} held-out rows",
    "noise": "have people review {rows:,} rows drawn at random",
    "agreement": "let two people review the same {rows:,} rows",
    "economics": "enter calls per month, token counts and prices",
    "leakage": "give the evaluation set, so that rows standing in both are found",
    "integrity": "run the checks for unusable rows",
    "retrieval": "score a prompt with looked-up examples",
    "volatility": "say how often the right answers change",
    "substance": "say where the new knowledge in the answers comes from",
}
"""What a person can do to know an item better; items not named here cannot be measured more closely."""
SUBJECTS = {
    "integrity": "the share of unusable rows",
    "duplication": "the share of repeated rows",
    "noise": "the share of wrong answers",
    "conflicts": "the share of contradicting rows",
    "agreement": "the agreement between reviewers",
    "leakage": "the share of evaluation rows seen in training",
    "learnability": "what a small model learns beyond the simplest guess",
    "curve": "growth with the last rows, against growth with the first,",
    "retrieval": "the score of copying the nearest known answer",
    "substance": "the share of new knowledge in the answers",
}
"""What an item's figure is the figure of, within a sentence."""
KNOWLEDGE_QUESTION = (
    "Where does the new knowledge in the answers come from? If it can be looked up, look it up instead."
)
TARGET_QUESTION = "What score would be good enough? Give a metric and a target."
