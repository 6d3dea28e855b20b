"""Every word shown for an id, and every figure as text: the same on the command line, pages, reports and in exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any, Literal

Tone = Literal["good", "caution", "bad", "other", "unknown", "plain"]
"""How a word is shown: pages map it to a colour and an icon, the report to a class of its style sheet."""
MARKS: Mapping[Tone, str] = {"good": "✓", "caution": "!", "bad": "✗", "other": "→", "unknown": "?", "plain": "–"}
"""Tones without colour, for print."""


@dataclass(frozen=True)
class Word:
    """What an id is called within a sentence (`noun`, lower case), what it means (`sentence`) and how it is shown."""

    noun: str
    sentence: str
    tone: Tone = "plain"

    @property
    def title(self) -> str:
        """The noun as a heading, a button or the start of a sentence."""
        return capital(self.noun)


def capital(text: str) -> str:
    """The text with its first letter in upper case, the others as they are."""
    return text[:1].upper() + text[1:]


def sentence(clause: str) -> str:
    """A clause as a sentence of its own."""
    return capital(clause) if clause.endswith((".", "!", "?")) else f"{capital(clause)}."


def word(words: Mapping[Any, Word], id: str) -> Word:
    """The word for an id; of an id that is not known (from an older project) the id itself."""
    return words.get(id) or Word(id.replace("_", " "), "This name is not known to this version.")


OUTCOMES: Mapping[str, Word] = {
    "fix_data": Word("fix the data first", "Fix the data first: what is in the file cannot be trusted yet.", "bad"),
    "prompt": Word("a good prompt is enough", "Do not fine-tune: a good prompt already meets the target.", "other"),
    "retrieve": Word(
        "retrieval instead of fine-tuning",
        "Do not fine-tune: give the model the facts when it answers (retrieval).",
        "other",
    ),
    "retrieve_and_lora": Word(
        "retrieval with LoRA on top", "Retrieve the facts, and fine-tune with LoRA for the style on top.", "good"
    ),
    "retrieved_examples": Word(
        "retrieved examples are enough",
        "Do not fine-tune: showing the model similar past examples is enough.",
        "other",
    ),
    "classifier": Word(
        "a plain classifier is enough",
        "Do not fine-tune a language model: a plain classifier trained on these rows meets the target.",
        "other",
    ),
    "clean": Word("clean the answers first", "Not yet: clean the answers before anything else.", "caution"),
    "collect": Word("collect more examples first", "Not yet: collect more examples.", "caution"),
    "cannot_judge": Word("cannot be decided yet", "It cannot be decided yet: the scores are too uncertain.", "unknown"),
    "not_learnable": Word("no pattern to learn", "Do not fine-tune: the answers do not follow from the inputs.", "bad"),
    "need_unproven": Word(
        "need for tuning not known yet",
        "Whether tuning is needed is not known yet: measure the base model first.",
        "unknown",
    ),
    "lora": Word(
        "fine-tune with LoRA",
        "Fine-tune with LoRA: the data is good enough and there is something to win.",
        "good",
    ),
    "full_fine_tune": Word(
        "fine-tune the whole model", "Fine-tune the whole model: LoRA was tried and falls short.", "good"
    ),
    "stay_with_prompt": Word(
        "stay with the prompt", "Stay with the prompt: fine-tuning is not worth it here.", "other"
    ),
}
MEANINGS: Mapping[str, str] = {
    "fix_data": (
        "Some rows are wrong in a way that anybody can check. Whatever is trained or scored on them would be wrong too."
    ),
    "prompt": (
        "A prompt is the instruction sent to the model with each question. With a good one the model already does the "
        "task, so there is nothing to train."
    ),
    "retrieve": (
        "Retrieval looks the facts up in your documents at each question and hands them to the model. Looked-up facts "
        "stay right when they change; trained ones grow old."
    ),
    "retrieve_and_lora": (
        "Facts are looked up in your documents at each question. A small trained add-on to the model (LoRA) then gives "
        "the answers their form."
    ),
    "retrieved_examples": (
        "With each question the model is shown the most similar questions already answered. Nothing has to be trained."
    ),
    "classifier": (
        "A plain classifier is a small program that sorts texts under fixed labels. It runs on any computer and costs "
        "next to nothing a call."
    ),
    "clean": "A model trained on wrong answers repeats them, and more rows of the same kind do not help.",
    "collect": "A model learns from different rows with right answers. There are too few, overall or for some labels.",
    "cannot_judge": "What is known so far fits more than one answer. What to do next, below, is what would tell.",
    "not_learnable": "Nothing in the inputs tells which answer is right, so no model can learn it from these rows.",
    "need_unproven": (
        "Fine-tuning trains a model further on your own examples. Whether that is needed shows once a model has tried "
        "the task without it."
    ),
    "lora": (
        "Fine-tuning trains a model further on your own examples. LoRA is its light form: a small add-on is trained, "
        "which can be taken off again."
    ),
    "full_fine_tune": (
        "All parts of the model are trained further on your own examples. That costs more than the light form (LoRA), "
        "and the model may lose other skills."
    ),
    "stay_with_prompt": (
        "Fine-tuning trains a model further on your own examples. For now, keep the model as it is and the instruction "
        "(prompt) it gets with each question."
    ),
}
"""What an outcome means, for somebody who has never trained a model."""
TERMS: Mapping[str, str] = {
    "base model": "the model as it comes, before any training of yours",
    "prompt": "the instruction that goes to the model with each question",
    "fixed examples": "the same few solved cases in every prompt",
    "retrieved examples": "the most similar solved cases, looked up for each question",
    "retrieved documents": "passages of your documents, looked up for each question",
    "held-out rows": "rows set aside for testing, never trained on",
    "rows held back": "rows set aside for testing, never trained on",
    "small model": "a simple program that tries the data out in place of a language model",
    "plain classifier": "a simple program that sorts texts under labels",
    "near-duplicates": "rows that say nearly the same",
    "LoRA": "a light form of fine-tuning, a small add-on to the model",
    "target": "the score that was called good enough",
    "tokens": "pieces of words, by which calls are billed",
    "label": "the class that a row belongs to",
    "SFT": "training on right answers",
    "GPU": "a chip that models are trained on",
}
"""Terms on page one of the report, for somebody who has never trained a model."""
GLOSSARY: Mapping[str, str] = {
    "row": "one example: an input, what should be answered, often a label",
    "suspect": "a row that a check doubts; it asks a question, a person answers it",
    "finding": "what a check noticed on a row, with how sure it is",
    "not checked": "a check or a figure that could not be worked out: it says nothing, good or bad",
    "duplicate": "a row that repeats another one; of such a cluster one row stays",
    "near-duplicate": "a row that says nearly the same as another one",
    "contradiction": "two rows that ask the same and are answered differently",
    "decision": "what a person said of a row; it can always be undone, and nobody overwrites another's",
    "audit": "some hundred rows drawn at random and judged blind: it measures how many answers are wrong",
    "agreement": "how often people say the same of the same row, beyond what chance would give",
    "verdict": "whether these rows justify fine-tuning, from ordered questions",
    "provisional": "a verdict while something it rests on is only estimated or missing",
    "range": "two figures that hold the true value nine times in ten",
    "point": "one answer in a hundred",
    "topic": "rows that a small model puts together because they mean something alike",
    "split": "the part of the export a row goes to: train, validation or test",
    "leak": "a row to test with that was trained on: its score would flatter the model",
    "macro F1": "a score that counts every label alike, however rare it is",
    "base model": TERMS["base model"],
    "fine-tuning": "training a model further on examples of your own",
    "LoRA": TERMS["LoRA"],
    "plain classifier": TERMS["plain classifier"],
    "small stand-in model": TERMS["small model"],
    "prompt": TERMS["prompt"],
    "retrieval": "looking up what fits the question, and handing it to the model with it",
    "rows held back": TERMS["rows held back"],
    "tokens": TERMS["tokens"],
}
"""Words of the app's pages, in the order of the journey."""
BAD_ANSWER = "A bad answer, kept for preference training"
"""Above the answer of a row that has a bad answer alone."""
REMOVALS: Mapping[str, str] = {
    "exact duplicate": "repeat another row word for word",
    "near-duplicate": "nearly repeat another row",
    "rejected in review": "left out by a person",
    "not labelled yet": "have no label yet",
    "empty output": "have no answer",
    "empty input": "have no input",
    "stands in the evaluation set": "stand in the evaluation set too",
    "personal data or a key": "hold personal data or a key",
    "unreadable": "could not be read from the file",
}
"""Why rows were left out, as what such rows do."""
NEXT_STEPS: Mapping[str, str] = {
    "prompt": "Use the prompt, and keep the scored rows to test later versions of it.",
    "retrieve": "Set up retrieval over the source of the facts and score it on the held-out rows.",
    "retrieve_and_lora": "Set up retrieval first, then train a LoRA on top and score both on the same held-out rows.",
    "retrieved_examples": "Build a prompt that retrieves similar examples and score it on the held-out rows.",
    "classifier": (
        "Take the classifier away with the command “curation classifier” and try it on new rows: it costs next to "
        "nothing a call."
    ),
    "not_learnable": "Give ten rows to an expert: would they know the answer from the input alone?",
    "lora": "Train a LoRA and score it on the same held-out rows: that shows whether tuning paid off.",
    "full_fine_tune": (
        "Fine-tune the whole model and score it on the same held-out rows and on a test of general ability."
    ),
    "stay_with_prompt": "Keep the prompt, and judge again when the volume, the prices or the target change.",
}
"""What to do on an outcome whose evidence names no fix of its own."""

ON_AN_ESTIMATE: Mapping[str, str] = {
    "clean": (
        "Probably clean the answers first: a small model's estimate says so, and judging {rows} random rows would "
        "confirm it."
    ),
    "collect": (
        "Probably collect more examples first: a small model's estimate says so, and a score of the base model would "
        "confirm it."
    ),
}
"""An outcome's headline where nothing but an estimate decided."""
CONFIRMATIONS: Mapping[str, str] = {
    "noise": "First have people judge {rows} rows drawn at random (about {time}): that tells whether they are right.",
    "curve": "First score the base model on held-out rows: that shows whether more rows are needed.",
}
"""The cheapest measurement that confirms an estimate, by evidence item."""

NO_CLASSIFIER: Mapping[str, str] = {
    "not_applicable": "Label the rows with one of a few answers each, or see what the verdict says instead.",
    "missing": "Add rows or labels, then try again.",
}
"""What to do where no plain classifier can be taken away, by the status of its evidence."""

EFFECTS: Mapping[str, Word] = {
    "cut": Word("would be cut", "The trainer keeps the beginning of the row and drops the rest.", "bad"),
    "dropped": Word("would be dropped", "The trainer leaves the row out.", "bad"),
    "refused": Word("would be refused or teach nothing", "The trainer stops, or learns the empty answer.", "bad"),
    "possible": Word("may be a problem", "It depends on the chat template, or the estimate is too close.", "caution"),
}
"""What becomes of a row in training, see `curation preflight`."""
STATUSES: Mapping[str, Word] = {
    "ok": Word("in order", "The figure is on the good side of its threshold.", "good"),
    "warn": Word("needs a look", "The figure is close to its threshold or past a warning.", "caution"),
    "fail": Word("not in order", "The figure is past its threshold.", "bad"),
    "missing": Word("not checked", "Nothing was measured, so this says nothing, good or bad.", "unknown"),
    "not_applicable": Word("does not apply", "This has no meaning for this data set."),
}
"""Statuses of evidence."""
KINDS: Mapping[str, Word] = {
    "counted": Word("counted", "Counted on the rows themselves: certain for this set.", "good"),
    "measured": Word("measured", "A model, a classifier or people were tested on rows set aside for it.", "good"),
    "declared": Word(
        "entered by you", "Taken from what people entered: about the task, or a score from elsewhere.", "plain"
    ),
    "estimated": Word("estimated", "A guess by a small model or a rule, not checked by people.", "unknown"),
}
"""Kinds of evidence, the surest first: an estimate never overrules the others."""
NOT_KNOWN = Word("not known", "Nobody has measured it or said it yet.", "unknown")
"""The ground of a reason that names what is missing."""
EVIDENCE_GROUPS: Mapping[str, Word] = {
    "known": Word(
        "counted and measured", "Facts about these rows: counted on them, or scored on held-out rows.", "good"
    ),
    "declared": Word(
        "entered by you", "Taken from what you entered: about the task, or a score from elsewhere.", "plain"
    ),
    "estimated": Word("estimated (guesses)", "Guesses by a small model or a rule, checked by nobody.", "caution"),
    "missing": Word("not checked", "These say nothing, good or bad.", "unknown"),
    "not_applicable": Word("without meaning here", "These have no meaning for this kind of set.", "plain"),
}
"""How items of evidence are known, the surest first."""


def evidence_group(kind: str, status: str) -> str:
    """The group of an item: by its kind where it has a value, else by its status."""
    if status in ("missing", "not_applicable"):
        return status
    return kind if kind in ("declared", "estimated") else "known"


ORIGINS: Mapping[str, Word] = {
    "published": Word("published", "The threshold comes from a publication."),
    "measured": Word("measured by us", "The threshold comes from measurements of ours."),
    "policy": Word("a choice", "The threshold was chosen; nobody has measured it."),
    "declared": Word("declared by you", "The threshold comes from the context that you filled in."),
}
UNITS: Mapping[str, Word] = {
    "share": Word("share, 0 to 1", "A part of the whole, from 0 to 1."),
    "points": Word("score, 0 to 1", "A difference of scores, where 0.01 is one percentage point."),
    "rows": Word("rows", "A number of rows."),
    "months": Word("months", "A time in months."),
    "ratio": Word("ratio", "One figure divided by another."),
    "alpha": Word("alpha, up to 1", "Krippendorff's alpha: 1 is always the same answer, 0 is chance."),
    "needs": Word("needs", "A number of needs that you declared."),
    "count": Word("count", "A number of things."),
    "setting": Word("setting of the method", "A number that the method itself uses."),
}
PER_CENT: Mapping[str, str] = {"share": "%", "points": "percentage points"}
"""The units of thresholds that people read and write in per cent; files and the programming interface have shares."""
THRESHOLDS: Mapping[str, Word] = {
    "fail": Word("fails at", "Past this value the item fails.", "bad"),
    "warn": Word("needs a look from", "From this value on the item needs a look.", "caution"),
}

MEASUREMENTS: Mapping[str, str] = {
    "base_model": "score the base model with a good prompt on {held_out}",
    "noise": "have people review {rows:,} rows drawn at random",
    "agreement": "let two people review the same {rows:,} rows",
    "economics": "enter calls per month, token counts and prices",
    "leakage": "give the evaluation set, so that rows it shares with the training data are found",
    "integrity": "run the checks for unusable rows",
    "retrieval": "score a prompt with retrieved examples",
    "volatility": "say how often the right answers change",
    "substance": "say where the new knowledge in the answers comes from",
}
"""What a person can do to know an item better; items not named here cannot be measured more closely."""
SUBJECTS: Mapping[str, str] = {
    "integrity": "the share of unusable rows",
    "duplication": "the share of repeated rows",
    "noise": "the share of wrong answers",
    "conflicts": "the share of contradicting rows",
    "agreement": "the agreement between reviewers",
    "leakage": "the share of evaluation rows seen in training",
    "learnability": "what a small model learns beyond the simplest guess",
    "curve": "the gain from the last rows, over that from the first,",
    "retrieval": "the score of copying the nearest known answer",
    "classifier": "the score of a plain classifier",
    "substance": "the share of new knowledge in the answers",
    "holdout_quality": "the share of wrong answers among the scored rows",
}
"""What an item's figure is the figure of, within a sentence."""

QUESTIONS: Mapping[str, Word] = {
    "goal": Word(
        "what score would be good enough, and how is it measured?",
        "Without a target nothing can be called good enough, so no verdict is possible.",
    ),
    "score": Word(
        "how well does a model do it today with a good prompt?",
        "If a prompt already does it, no training is needed.",
    ),
    "recall": Word(
        "which labels must not be missed?",
        "One label makes up nearly all rows: always guessing it would look good and find nothing.",
    ),
    "changes": Word(
        "how often do the right answers change?",
        "Answers that change monthly or faster are looked up, not trained.",
    ),
    "source": Word(
        "where does the knowledge in the answers come from?",
        "What can be looked up in documents need not be trained.",
    ),
    "volume": Word(
        "how many calls a month will there be, and what does a call cost?",
        "Training is paid once and saves a little on each call, so the volume decides whether it pays.",
    ),
    "needs": Word(
        "must it run offline, or may the data not leave your own machines?",
        "Such a need rules out hosted models and counts more than money.",
    ),
}
"""Questions to somebody who has said nothing about the task yet, and why each is asked."""

GATE_STATES: Mapping[str, Word] = {
    "stopped": Word("decided here", "The verdict was decided by this question.", "other"),
    "passed": Word("passed", "This question stands in the way of nothing.", "good"),
    "not evaluated": Word("not answered", "What is needed to answer this question is not known.", "unknown"),
    "open": Word("cannot tell", "What is needed to answer this question is not known.", "unknown"),
    "unasked": Word("needs a target", "This question can be answered once a target score is given.", "unknown"),
    "skipped": Word("not reached", "An earlier question decided the verdict."),
}

NO_TARGET = "no target score is given"
"""Why a question that needs a target score was not answered."""

ARMS: Mapping[str, Word] = {
    "zero_shot": Word("plain prompt", "The model gets the instruction and the input."),
    "few_shot": Word("prompt with fixed examples", "The model also gets the same few examples in every prompt."),
    "retrieved_few_shot": Word(
        "prompt with retrieved examples", "The model also gets the examples that are most similar to the input."
    ),
    "knowledge_base": Word(
        "prompt with retrieved documents", "The model also gets the passages of your documents that fit the input."
    ),
    "classifier": Word("plain classifier", "A small classifier trained on the rows, no language model."),
    "lora": Word("LoRA-tuned model", "A model fine-tuned with LoRA gets the plain prompt."),
    "lora_knowledge_base": Word(
        "LoRA-tuned model with retrieved documents", "A model fine-tuned with LoRA also gets passages that fit."
    ),
    "full": Word("fully tuned model", "A model with all its weights fine-tuned gets the plain prompt."),
}
"""Ways of doing the task that are scored on held-out rows."""
ROLE_WORDS: Mapping[str, Word] = {
    "viewer": Word("viewer", "Sees everything and takes rows and reports away; changes nothing."),
    "reviewer": Word("reviewer", "Decides rows one at a time, votes, writes notes and tags."),
    "curator": Word("curator", "Loads files, decides many rows at once, runs checks, measures and exports."),
    "admin": Word("admin", "Chooses members, thresholds and who may train: approves exports."),
}
"""What a member of a project may do; each may all that those before it may."""
HOSTED: Mapping[str, Word] = {
    "yes": Word("hosted outside your machines", "The model runs on machines of somebody else.", "other"),
    "no": Word("on your own machines", "The model runs on machines of yours.", "good"),
    "unknown": Word("nobody said where it runs", "It is not known where the model runs.", "unknown"),
}
"""Where an arm's model runs."""
WAYS: Mapping[str, Word] = {
    "prompt": Word("prompt, nothing looked up", "Every call pays for the whole prompt.", "other"),
    "retrieved_few_shot": Word("prompt with retrieved examples", "Every call pays for the examples shown.", "other"),
    "knowledge_base": Word("prompt with retrieved documents", "Every call pays for the passages shown.", "other"),
    "lora": Word("fine-tune with LoRA", "Training is paid once, calls are shorter.", "good"),
    "full": Word("fine-tune the whole model", "Training is paid once and costs more, calls are shorter.", "good"),
}
"""Ways whose costs are compared."""
INPUTS: Mapping[str, str] = {
    "traffic.calls_per_month": "calls a month",
    "traffic.prompt_tokens": "prompt tokens today",
    "traffic.tuned_prompt_tokens": "prompt tokens, tuned",
    "traffic.output_tokens": "output tokens",
    "prices.input_per_million": "price of input tokens",
    "prices.output_per_million": "price of output tokens",
    "prices.tuned_input_per_million": "price of input tokens, tuned",
    "prices.tuned_output_per_million": "price of output tokens, tuned",
    "prices.hosting_per_month": "hosting a month",
    "prices.cached_input_per_million": "price of cached input tokens",
    "traffic.cached_prompt_share": "share of the prompt that is cached",
    "prices.batch_share": "share of the price that a batch call costs",
    "prices.training_per_million": "price of training tokens",
    "prices.gpu_hour": "price of a GPU hour",
    "prices.label_hour": "price of a labelling hour",
    "prices.label_minutes_per_row": "minutes to label a row",
    "model.parameters": "size of the model",
    "model.retrains_per_year": "retrainings a year",
    "value.right_answer": "worth of a right answer",
    "value.engineering_days": "days of engineering",
    "value.day_rate": "price of a day of engineering",
}
"""What the costs depend on."""
METRICS: Mapping[str, Word] = {
    "accuracy": Word("accuracy", "The share of answers with the right label."),
    "exact_match": Word("exact match", "The share of answers that equal the ideal one."),
    "macro_f1": Word("macro F1", "The F1 score of each label, averaged over labels."),
    "balanced_accuracy": Word("balanced accuracy", "The share of right answers of each label, averaged over labels."),
    "recall": Word("recall", "The share of rows of the labels that must not be missed which were given that label."),
    "within_one": Word("within one", "The share of ratings at most one apart from the right one."),
    "token_f1": Word("token F1", "The overlap of words with the ideal answer."),
    "chrf": Word("chrF", "The overlap of character sequences with the ideal answer."),
    "judged": Word("judged by people", "The share of answers that people call right."),
}
TASKS: Mapping[str, Word] = {
    "classification": Word("classification", "Each input gets one of a set of labels."),
    "rewriting": Word("rewriting", "Each input is put into other words or another form."),
    "extraction": Word("extraction", "Parts of each input are copied out."),
    "question_answering": Word("question answering", "Each input is a question about facts."),
    "generation": Word("free text generation", "Each output is written freely."),
}
PACES: Mapping[str, Word] = {
    "unknown": Word("don't know", "Nobody has said how often right answers change."),
    "never": Word("never", "A right answer stays right."),
    "yearly": Word("yearly", "Right answers change about once a year."),
    "monthly": Word("monthly", "Right answers change about once a month."),
    "weekly": Word("weekly", "Right answers change about once a week."),
    "daily": Word("daily", "Right answers change about once a day."),
}
"""How often right answers change."""

DECISIONS: Mapping[str, Word] = {
    "undecided": Word("undecided", "Nobody has decided about this row."),
    "accepted": Word("accepted", "A person called this row right.", "good"),
    "rejected": Word("left out", "A person left this row out of the export.", "bad"),
    "labelled": Word("relabelled", "A person gave this row a label.", "other"),
    "edited": Word("edited", "A person changed the text of this row.", "other"),
    "skipped": Word("skipped", "A person put this row off.", "unknown"),
    "flagged": Word("flagged", "A person marked this row for somebody else.", "caution"),
}
"""How people left a row."""
PINS: Mapping[str, Word] = {
    "keep": Word("kept on request", "A person keeps this row beside its duplicate.", "good"),
    "keeper": Word("chosen to be kept", "A person chose this row to stay for its duplicates.", "good"),
}
ACTIONS: Mapping[str, Word] = {
    "accept": Word("accept", "The row is right as it is.", "good"),
    "reject": Word("leave out", "The row does not go into the export.", "bad"),
    "label": Word("relabel", "The row gets another label.", "other"),
    "rename": Word("rename the label", "The label of the row gets another name.", "other"),
    "edit": Word("edit", "The texts of the row change.", "other"),
    "skip": Word("skip", "The row comes again later.", "unknown"),
    "flag": Word("flag", "Somebody else has to look at the row.", "caution"),
    "keep": Word("keep both", "The row stays beside its duplicate.", "good"),
    "keeper": Word("keep this one instead", "The row stays, and its duplicates are left out for it.", "good"),
    "undo": Word("undo", "Your last decision is taken back."),
}
"""What a person can do with a row."""
ACCEPTED_PRIVATE = "Accepting it keeps the row as it is: what becomes of personal data and keys is asked on Export."
"""What is to be known before a row with personal data is accepted."""
MOMENTS: Mapping[str, Word] = {
    "imported": Word("imported", "The row came into the project."),
    "found": Word("found", "A check suspects something.", "caution"),
    "decided": Word("decided", "A person decided about the row."),
    "noted": Word("note", "A person left a note."),
    "tagged": Word("tagged", "A person put a tag on the row."),
    "untagged": Word("tag taken off", "A person took a tag off the row."),
    "sent": Word("sent", "A person sent the row to somebody."),
}
"""What happens to a row."""
QUEUES: Mapping[str, Word] = {
    "": Word(
        "everything with a finding, most sure first",
        "The rows that a check suspects and nobody has decided since.",
    ),
    "planned": Word(
        "what the verdict turns on",
        "The rows that the steps of the work plan on Readiness name, decided by nobody yet.",
    ),
    "unlabelled": Word("not labelled yet", "The rows without a label."),
    "hardest": Word("not labelled yet, hardest first", "The rows whose label is hardest to suggest."),
    "likeliest": Word("not labelled yet, likeliest first", "The rows whose label is easiest to suggest."),
    "all": Word("all examples in order", "Every row that nobody has decided."),
    "sent": Word("sent to me", "The rows that somebody sent to you and you have not decided since."),
    "flagged": Word("flagged", "The rows that people flagged.", "caution"),
    "disputed": Word("answered differently by people", "The rows that people of the newest team round disagree on."),
    "differing": Word(
        "read differently by two models",
        "The rows that one model calls right and another wrong, decided by nobody yet.",
    ),
    "changed": Word(
        "changed by a newer file", "The rows that a file loaded later changed and nobody has decided since."
    ),
    "mine": Word("decided by me", "The rows that have a decision of yours."),
    "left-out": Word("left out", "The rows that people left out.", "bad"),
}
"""The queues of review that every project has."""
SEARCHES: Mapping[str, Word] = {
    "words": Word("words", "All of these words are in the row, in any order; the start of a word is enough."),
    "exact": Word("exact text", "The row holds this text as it is written; A and a are the same."),
    "regex": Word(
        "regular expression", "The pattern fits somewhere in the row, by the rules of RE2; (?i) ignores case."
    ),
    "meaning": Word("meaning", "The rows nearest in meaning come first, whatever their words; static word vectors."),
    "both": Word("words and meaning", "The rows that do best by their words and by their meaning come first."),
}
"""How a text is looked for."""
SORTS: Mapping[str, Word] = {
    "loaded": Word("as loaded", "The rows stand in the order of their files."),
    "newest": Word("newest first", "The rows loaded last come first."),
    "surest": Word("most sure finding first", "The rows that checks are surest of come first."),
    "decided": Word("decided last first", "The rows decided last come first."),
    "longest": Word("longest first", "The rows with most characters come first."),
    "shortest": Word("shortest first", "The rows with fewest characters come first."),
    "label": Word("by label", "The rows stand in the order of their labels."),
    "nearest": Word("nearest first", "The rows that a search by meaning found, nearest first."),
}
"""In which order rows are listed."""
SUGGESTIONS: Mapping[str, Word] = {
    "look": Word("look at it", "The check proposes nothing, a person has to look."),
    "drop": Word("leave it out", "The check proposes to leave the row out.", "bad"),
    "relabel": Word("label it", "The check proposes another label.", "other"),
    "collect": Word("collect examples", "The finding is about a label or the whole set, not about this row."),
    "replace": Word("replace by", "The check proposes another output.", "other"),
}
ANSWERS: Mapping[str, Word] = {
    "right": Word("right", "The answer of this row is right.", "good"),
    "wrong": Word("wrong", "The answer of this row is wrong.", "bad"),
    "unknown": Word("don't know", "The reviewer cannot tell.", "unknown"),
    "label": Word("labelled", "The reviewer chose this label.", "other"),
}
"""What a reviewer says in an audit or a team round."""
READINGS: Mapping[str, Word] = {
    "right": Word("right", "The model finds the answer right.", "plain"),
    "wrong": Word("wrong", "The model finds a fault in the answer.", "caution"),
    "unsure": Word("unsure", "The model says that it cannot tell.", "plain"),
    "none": Word("not understood", "The model's reply could not be read.", "unknown"),
    "named": Word("label named", "The row had no label, and the model named one.", "plain"),
}
"""What a model says of a row: an estimate, until people have judged some of the same rows."""
STRATA: Mapping[str, Word] = {
    "none": Word("not suspected", "No check calls the answer wrong.", "good"),
    "weak": Word("hardly suspected", "A check calls the answer wrong, less likely than not.", "plain"),
    "likely": Word("suspected", "A check calls the answer wrong, more likely than not.", "caution"),
    "sure": Word("strongly suspected", "A check is at least 75 % sure that the answer is wrong.", "bad"),
}
"""Groups of rows an audit draws from."""
SUGGESTED_WHEN: Mapping[str, Word] = {
    "hidden": Word("Hidden until decided", "What a model says of a row is seen after it is decided."),
    "shown": Word("Shown beforehand", "What a model says of a row is seen while it is decided, but for one in ten."),
}
"""Whether people see what a model says of a row before they decide it."""
NOT_JUDGED = "its answers are kept and wait to be marked, by a model and by people"
"""Why an arm has no score whose answers are called right or wrong once it was asked."""
ROUNDS: Mapping[str, Word] = {
    "audit": Word("audit", "Rows drawn at random are judged without seeing what the checks say."),
    "holdout": Word("audit of the scored rows", "Some of the rows that models were scored on are judged blind."),
    "outputs": Word("marking of answers", "Answers that models gave are called right or wrong, blind."),
    "team": Word("team round", "Several people answer the same rows, each alone."),
}

CLUSTERS: Mapping[str, Word] = {
    "unique": Word("unique row", "This row resembles no other.", "good"),
    "exact": Word("exact duplicate", "The texts are the same but for case and spaces.", "caution"),
    "near": Word("near-duplicate", "The texts are nearly the same and nothing that matters differs.", "caution"),
    "variant": Word("variant", "The texts differ in a number, date, name, negation or output.", "other"),
    "contradiction": Word("contradiction", "The inputs are nearly the same and the labels differ.", "bad"),
}
"""How a row relates to the one kept for it."""
GROUPS: Mapping[str, str] = {
    "unique": "Rows that resemble no other",
    "exact": "Groups of exact duplicates",
    "near": "Groups of near-duplicates",
    "variant": "Groups of variants",
    "contradiction": "Groups of contradictions",
}
"""Clusters by kind, as the title of a count."""
BULKS: Mapping[str, Word] = {
    "leave_out": Word("leave out the duplicates", "Every duplicate is left out for its kept row.", "bad"),
    "keep": Word("keep all", "Every row stays beside its duplicates.", "good"),
    "accept": Word("accept as they are", "Every row is accepted; duplicates still count once.", "good"),
}
"""What can be done to all clusters of a filter."""
BULK_REASONS: Mapping[str, str] = {
    "leave_out": "repeats a kept example",
    "keep": "kept beside its near-duplicate",
    "accept": "accepted beside its near-duplicates",
}
"""Why a row was decided, as the export and its history say it."""
BULK_EFFECTS: Mapping[str, str] = {
    "leave_out": (
        "This leaves out {rows} in {clusters}. They count once already; this makes it a decision that shows in "
        "review, and each names its kept example."
    ),
    "keep": "This keeps {rows} in {clusters} that would otherwise be removed as duplicates.",
    "accept": "This accepts {rows} in {clusters} as they are. Duplicates still count once.",
}
"""What it does to how many rows."""
ORDERS: Mapping[str, Word] = {
    "largest": Word("largest first", "Clusters with the most rows come first."),
    "closest": Word("most similar first", "Clusters whose rows are most alike come first."),
    "loosest": Word("least similar first", "Clusters whose rows are least alike come first."),
}
KEEPERS: Mapping[Literal["complete", "oldest", "longest"], Word] = {
    "complete": Word("most complete", "The row with the most filled in stays."),
    "oldest": Word("oldest", "The row that was written first stays."),
    "longest": Word("longest", "The row with the most text stays."),
}

CHECK_STATES: Mapping[str, Word] = {
    "done": Word("checked", "The check ran on the whole set.", "good"),
    "preview": Word("first look", "A first look has run, the full check has not finished.", "caution"),
    "not_checked": Word("not checked", "The check could not run.", "unknown"),
}
JOBS: Mapping[str, Word] = {
    "load": Word("loading the file", "Reads the file and stores its rows."),
    "analyse": Word("running the checks", "Finds duplicates, runs the checks and judges the data."),
    "judge": Word("judging the data", "Works out the verdict anew."),
    "export": Word("writing the export", "Writes the clean set, its splits and its report."),
    "decide_all": Word("storing the decisions", "Stores the same decision for many rows."),
    "undo_all": Word("undoing the decisions", "Takes back decisions that were made at once."),
    "measure": Word("measuring the base model", "Asks the model the held-out rows and scores its answers."),
    "topics": Word("finding the topics", "Groups the rows by meaning and names each group by its own words."),
    "model_review": Word("reading the rows", "Asks the model about rows and stores what it says of each."),
    "judge_outputs": Word("marking the answers", "Asks a model whether the answers of arms are right."),
    "import_readings": Word("storing the readings", "Reads a table of what a model said of rows elsewhere."),
    "import_outputs": Word("scoring the outputs", "Scores a file of answers that a model gave elsewhere."),
    "suggest": Word("suggesting labels", "Learns from the labels given, and suggests some for the rows without one."),
}
"""Background jobs."""
EVENTS: Mapping[str, Word] = {
    "load": Word("files loaded", "Rows loaded, or taken over from an earlier version."),
    "decision": Word("decisions", "Rows accepted, left out, labelled, edited, skipped or flagged; undone ones too."),
    "vote": Word("answers in rounds", "Rows answered alone, in an audit or a team round."),
    "note": Word("notes", "Remarks on rows."),
    "tag": Word("tags given", "Tags put on rows."),
    "untag": Word("tags taken away", "Tags taken off rows."),
    "assign": Word("rows sent", "Rows sent to somebody."),
    "export": Word("exports", "Exports written."),
    "approval": Word("approvals", "Exports approved."),
    "member": Word("changes of members", "People added, given another role, or removed."),
    "project": Word("renamed or archived", "The project was renamed, archived or brought back."),
}
"""What people do in a project, as it is stored."""
JOB_STATES: Mapping[str, Word] = {
    "queued": Word("waiting", "The job has not started yet."),
    "running": Word("running", "The job is at work."),
    "done": Word("done", "The job has ended well.", "good"),
    "failed": Word("failed", "The job ended early; its error says why.", "bad"),
    "cancelled": Word("stopped", "Somebody stopped it. Nothing of it is stored."),
}
TREATMENTS: Mapping[Literal["mask", "leave_out", "keep"], Word] = {
    "mask": Word("masked, such as [email]", "What was found is replaced by its kind.", "good"),
    "leave_out": Word("left out", "Rows with personal data or keys do not go into the export.", "good"),
    "keep": Word("exported unchanged", "Personal data and keys stay in the export.", "caution"),
}
"""What becomes of rows with personal data, the safest first."""
SHAPES: Mapping[str, Word] = {
    "flat": Word("one example a row", "Each row has the columns of one example."),
    "messages": Word("one conversation a row", "Each row has a list of turns with role and content."),
    "sharegpt": Word("one ShareGPT conversation a row", "Each row has a list of turns with from and value."),
    "alpaca": Word("one Alpaca instruction a row", "Each row has an instruction, an input and an output."),
    "prompt_completion": Word("one prompt with its completion a row", "Each row has a prompt and a completion."),
    "preference": Word(
        "one preferred and one rejected answer a row", "Each row has two answers, and the preferred one is used."
    ),
    "openai_preference": Word("one OpenAI preference pair a row", "Each row has an input and two outputs."),
    "unpaired_preference": Word("one answer marked good or bad a row", "Bad answers are kept, and never a target."),
    "compared": Word("two answers and which is better a row", "The better answer is used, the other one kept."),
    "dialogue": Word("one dialogue written in a text a row", "The text is split into the turns of its speakers."),
    "one_hot": Word("one example a row, with one column a label", "The label is the column that holds 1."),
    "label_studio": Word("one Label Studio task a row", "Each row has a task's data and its annotations."),
    "label_studio_min": Word("one Label Studio annotation a row", "Each row has a task's data and one annotation."),
    "argilla": Word("one Argilla record a row", "Each row has fields, and answers to questions about them."),
    "prodigy": Word("one Prodigy annotation a row", "Each row was accepted, rejected or ignored."),
    "doccano": Word("one doccano example a row", "Each row has a text and a list of labels or texts."),
    "kiln": Word("one Kiln task run a row", "Each row has an input and its output, repaired or not."),
    "chatgpt": Word("one ChatGPT conversation a row", "Each row has a tree of messages."),
    "logged_call": Word("one logged call of a model a row", "Each row has what a model was asked and answered."),
    "gemini": Word("one Gemini conversation a row", "Each row has contents with parts."),
    "bedrock": Word("one Bedrock conversation a row", "Each row has messages with content blocks."),
    "squad": Word("one article or paragraph with questions a row", "Each question becomes a row of its own."),
    "nested": Word("a list of pairs a row", "Each pair in the list becomes a row of its own."),
    "openai_batch": Word("one request of a batch a row", "Each row has the messages sent to a model."),
    "curation_export": Word("one row of an export of ours a row", "Turns and all that stood beside them come back."),
    "dataset_rows": Word("one row of the data set viewer a row", "Each row stands in an object with its number."),
}
REJECTIONS: Mapping[str, Word] = {
    "bad_cell": Word("unreadable cell", "A cell of the row cannot be read."),
    "bad_encoding": Word("wrong encoding", "The row holds bytes that are not text in the file's encoding."),
    "bad_json": Word("invalid JSON", "The row is not valid JSON."),
    "bad_messages": Word("unreadable turns", "The turns of the conversation cannot be read."),
    "duplicate_key": Word("key given twice", "The object names the same key twice."),
    "field_too_long": Word("field too long", "A field is longer than the limit."),
    "line_too_long": Word("line too long", "A line is longer than the limit."),
    "lone_surrogate": Word("half a character", "The text holds half of a two-part character."),
    "name_too_long": Word("column name too long", "The name of a column is longer than the limit."),
    "not_an_object": Word("no JSON object", "The row is a single value, not an object with fields."),
    "too_deep": Word("nested too deeply", "Lists and objects are nested beyond the limit."),
    "too_many_columns": Word("too many columns", "The row has more columns than the limit."),
    "nul_byte": Word("NUL byte", "The row holds a byte of zero, which is no text."),
    "not_text": Word("a list or an object", "A list or an object stands where a text should be."),
    "set_aside": Word("set aside by a person", "It was rejected, skipped or discarded in the tool it comes from."),
    "cut_cells": Word("text cut off", "The data set viewer cut the row's text off."),
    "no_id": Word("no id", "The column that tells rows apart is empty in this row."),
    "repeated_id": Word("same id as another row", "A row before it has the same id, so the two cannot be told apart."),
    "no_rows": Word("no example in it", "The row holds a list of examples that is empty."),
    "no_output": Word("no answer in it", "The row has no answer that can be used."),
    "malformed_quote": Word("malformed quote", "Something stands between a closing quote and the next delimiter."),
    "unclosed_quote": Word("unclosed quote", "A quote opens a field and never closes it."),
    "wrong_field_count": Word("wrong number of fields", "The row has more or fewer fields than the header."),
}
"""Why a row of a file could not be read."""
EXPORT_COLUMNS: Mapping[str, str] = {
    "id": "The row's id", "input": "What is asked", "output": "The ideal answer", "label": "The class of the input",
    "tools": "Tools the model may call, as JSON", "instruction": "The instruction apart from its input",
    "system": "The system prompt", "history": "Earlier turns, as JSON", "group": "Rows that belong together",
    "source": "The file the row came from", "split": "train, validation or test", "weight": "How much the row counts",
    "meta": "Other columns of the file, as JSON", "messages": "The turns of the conversation",
    "rejected": "The turns of the losing answer",
}  # fmt: skip
"""What the columns of an export hold."""
ESTIMATED_BAND = "English and code ±15 %, other languages in Latin letters −50 to +68 %, other scripts −50 to +200 %"
"""How far off the estimated tokens of a set may be, as `text.tokens.scripts` has it."""
SNAPSHOT: Mapping[str, str] = {
    "decision": "the decisions",
    "vote": "the answers in audits and team rounds",
    "example": "the examples",
    "sources": "the files in the set",
    "settings": "how duplicates are found or rows are checked",
    "context": "what you declared about the task",
    "policy": "the thresholds",
    "evaluation": "the evaluation set",
    "knowledge": "the knowledge base",
    "measured": "the measured arms",
    "tokenizer": "the tokenizer",
}
"""What a result was computed from."""
TOTALS: Mapping[str, str] = {
    "rows": "Rows",
    "stored": "Rows stored",
    "rejected": "Rows rejected",
    "sources": "Files",
    "labelled": "Rows with a label",
    "unlabelled": "Rows without a label",
    "rows_in": "Rows in",
    "train": "Train",
    "validation": "Validation",
    "test": "Test",
    "removed": "Removed",
}
"""Counts of a project and of an export, as their title."""

NARROW = 0.02
"""An interval this small beside its amount is not worth a reader's time (policy)."""
SMALL = 10
"""Amounts below ten are written with two decimals: a call or a row costs cents (policy)."""

LEAST_POINTS = 0.0005
"""Half a tenth of a percentage point: less would be written as 0.0 points."""


def percent(share: float, decimals: int | None = None) -> str:
    """A share 0..1 as a percentage, one decimal below ten: "3.4 %", "27 %"; with so many `decimals` where given."""
    number = 100 * share
    if decimals is not None:
        return f"{number:.{decimals}f} %"
    if 0 < number < 0.05:
        return "under 0.1 %"
    return f"{number:.0f} %" if abs(number) >= 9.95 or number == round(number) else f"{number:.1f} %"


def span(low: float, high: float) -> str:
    """Two shares as a range: "2.1 to 4.9 %"."""
    first, last = percent(low), percent(high)
    if first == last:
        first, last = percent(low, 1), percent(high, 1)
    return last if first == last else f"{first.removesuffix(' %')} to {last}"


def bare_points(share: float) -> str:
    """A difference of shares -1..1 in percentage points, without the noun: "23.4", "5"."""
    number = 100 * share
    whole = round(number)
    text = f"{whole}" if abs(number - whole) < 1e-9 else f"{number:.1f}"
    return "0.0" if text == "-0.0" else text


def points(share: float) -> str:
    """A difference of shares -1..1 in percentage points: "23.4 points", "1 point"."""
    text = bare_points(share)
    return f"{text} point" if text in ("1", "-1") else f"{text} points"


def points_span(value: float, low: float, high: float) -> str:
    """Such a difference with its interval: "23.4 points (21 to 25.8)"."""
    return f"{points(value)} ({bare_points(low)} to {bare_points(high)})"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 row", "2,400 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def reloaded(new: int, changed: int, same: int, absent: int, unread: int) -> list[str]:
    """What a mended file brought whose rows have an id of their own, in sentences."""
    said = [f"loaded again: {new:,} new, {changed:,} changed, {same:,} the same"]
    if changed:
        rows = "the changed row counts" if changed == 1 else "the changed rows count"
        said.append(f"{rows} as undecided until somebody decides anew or confirms what was decided before")
    if absent:
        said.append(f"{counted(absent, 'row')} of before not in this file: kept in the set")
    if unread:
        said.append(f"{counted(unread, 'row')} of the same differ in other columns: those columns stay as they were")
    return said


def listed(names: Sequence[str]) -> str:
    """Names in a row: "hosting, training and engineering"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


FIRM, FAIRLY_FIRM = 0.9, 0.6
"""Share of readings from which a verdict is called firm, and fairly firm (policy)."""
LEAST_SHARE = 0.01
"""Outcomes rarer than one in a hundred readings are not named."""


def firmness(
    stability: Mapping[str, float], outcome: str, provisional: bool = False, grounds: Sequence[str] = ()
) -> str:
    """How firmly a verdict stands, in one or two sentences for somebody who knows no statistics.

    `stability` is the share of readings per outcome, `grounds` how each of its reasons is known. Before a model is
    measured, what it most likely is once one is.
    """
    own = stability.get(outcome, 0.0)
    ranked = sorted(stability, key=lambda name: (-stability[name], name != outcome, name))
    shown = [name for name in ranked if stability[name] >= LEAST_SHARE and (provisional or name != outcome)]
    if outcome == "need_unproven" and (own > 1 - LEAST_SHARE or ranked[0] == outcome):
        return "Open: nothing more can be said before somebody names a target score and a model is scored."
    if provisional and own > 1 - LEAST_SHARE:
        return "Provisional, as no model has been measured; but whatever one scores, this comes first."
    if provisional:
        ways = [f"“{word(OUTCOMES, name).noun}” ({percent(stability[name])})" for name in shown]
        rest = f", else {' or '.join(ways[1:3])}" if len(ways) > 1 else ""
        still = "still " if shown[0] == outcome else ""
        start = f"Provisional, as no model has been measured. Once measured, most likely {still}{ways[0]}{rest}."
        return f"{start} These chances are a guess."
    held = ", if the estimate holds" if outcome in ON_AN_ESTIMATE and [*grounds[:1]] == ["estimated"] else ""
    if own > 1 - LEAST_SHARE:
        return (
            f"Firm{held}: no figure is known exactly, but wherever it lies within its range, the verdict is the same."
        )
    how = "Firm" if own >= FIRM else "Fairly firm" if own >= FAIRLY_FIRM else "Not firm"
    text = f"{how}{held}: no figure is known exactly, and some were not given. Of 100 tries with figures drawn from "
    text += f"what is possible, {round(100 * own)} give this verdict"
    counts = {f"“{word(OUTCOMES, name).noun}”": round(100 * stability[name]) for name in shown[:2]}
    left = 100 - round(100 * own) - sum(counts.values())
    others = [*(f"{n} {name}" for name, n in counts.items()), *([f"{left} another verdict"] if left > 0 else [])]
    return f"{text}, {listed(others)}." if others else f"{text}."


def believed(detail: Mapping[str, Any]) -> str:
    """How good a stand-in is at the task and whether its guess counts, by the `detail` of its item; "" for others."""
    if "competence" not in detail:
        return ""
    if detail.get("metric") == "chrf":
        return "Nothing tells how good this stand-in is at the task, so its guess decides nothing."
    enough = detail.get("competent", False)
    few = "on too few rows" if detail.get("few_rows") else "too little"
    counts = "enough for its guess to count beside a measurement" if enough else f"{few} for its guess to count"
    return (
        f"The stand-in gets {percent(float(detail['competence']))} of the way from always giving the commonest answer "
        f"to the best score there can be: {counts}."
    )


def plain(value: Any) -> Any:
    """A count with thousands separators; anything else as it is."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def number(value: float | None, detail: Mapping[str, Any], decimals: int | None = 1) -> str:
    """A number in the unit its evidence names in `detail["unit"]`; an en dash when there is none.

    `decimals` of a share: 1 in tables, None in sentences, where `percent` decides.
    """
    if value is None:
        return "–"
    unit = detail.get("unit", "")
    if unit == "share":
        return percent(value, decimals)
    if unit == "points":
        return points(value)
    if unit in ("rows", "needs"):
        return f"{value:,.0f}"
    if unit == "months":
        return months(value, detail.get("never"))
    if unit == "ratio":
        return f"{value:.2f} times"
    return f"{value:.2f}" if unit == "alpha" else f"{value:,.3g}"


def between(low: float, high: float, detail: Mapping[str, Any]) -> str:
    """Two figures of an item, their unit once: 48.1 to 49.5 points."""
    ends = [number(value, detail) for value in (low, high)]
    (start, _, unit), last = ends[0].rpartition(" "), ends[1].rpartition(" ")[2]
    return f"{start} to {ends[1]}" if start and unit == last else " to ".join(ends)


def months(value: float, never: float | None = None) -> str:
    """A time in months; from `never` on it is none."""
    if never is not None and value >= never:
        return "never"
    return "under a month" if value < 1 else f"{value:,.1f} months"


def money(interval: Sequence[float]) -> str:
    """(value, low, high) of an amount, the interval only where it is not narrow: "1,680", "5.00 (4.00 to 6.00)"."""
    value, low, high = (f"{one:,.2f}" if 0 < abs(one) < SMALL else f"{one:,.0f}" for one in interval)
    is_narrow = abs(interval[2] - interval[1]) <= NARROW * abs(interval[0])
    return value if is_narrow else f"{value} ({low} to {high})"


def volume(calls: float) -> str:
    """From how many calls a month on something holds: three figures of it, rounded up."""
    step = 10 ** max(0, floor(log10(max(calls, 1.0))) - 2)
    return f"{ceil(calls / step - 1e-9) * step:,}"


def size(parameters: float) -> str:
    """A number of parameters: "8 billion parameters", "270 million parameters"."""
    for unit, length in (("billion", 1e9), ("million", 1e6)):
        if parameters >= length:
            return f"{parameters / length:,.3g} {unit} parameters"
    return f"{parameters:,.0f} parameters"


NAMED, LONGEST_NAME = 6, 40
"""Classes named in a sentence, and characters of each name: what is read at a glance."""


def neediest(lacking: Mapping[str, int]) -> str:
    """ ": a, b, c, …" of rows lacking by class, the class that lacks most first; "" where none lacks any."""
    names = sorted(lacking, key=lambda name: (-lacking[name], name))
    cut = [name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in names[:NAMED]]
    return f": {', '.join(cut)}{', …' if len(names) > NAMED else ''}" if names else ""


def time_left(done: float, seconds: float) -> str:
    """ ", about ... left" of work that is `done` (0..1) after so many seconds; "" until it has done enough to tell."""
    if done < 0.1 or seconds < 3:
        return ""
    left = seconds * (1 - done) / done
    if left < 1:
        return ""
    return f", about {lasted(left)} left"


def lasted(seconds: float) -> str:
    """So many seconds, from a minute and a half on in minutes."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def minutes(interval: Sequence[float]) -> str:
    """From and to in minutes, in hours from two hours on, in working days of eight hours from two days on."""
    (first, unit), (last, last_unit) = map(_lasting, interval)
    if unit != last_unit:
        return f"{_of(first, unit)} to {_of(last, last_unit)}"
    return _of(last, unit) if first == last else f"{first} to {_of(last, unit)}"


def _lasting(time: float) -> tuple[str, str]:
    for unit, length in (("working day", 480.0), ("hour", 60.0)):
        if time >= 2 * length:
            return f"{time / length:,.0f}", unit
    return f"{time:,.0f}", "minute"


def _of(number: str, unit: str) -> str:
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def key_line(has_key: bool) -> str:
    """Where the key comes from."""
    if has_key:
        return "The key is read from CURATION_API_KEY in the environment; it is not stored or shown."
    return "No key is set. If the endpoint needs one, set CURATION_API_KEY before you start the app."
