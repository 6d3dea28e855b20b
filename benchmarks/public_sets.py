"""Public text sets that the benchmarks read: where each comes from, under which licence, and how it is read.

    python benchmarks/public_sets.py --sets DIR            what is there, and how many rows each set has
    git clone https://github.com/clinc/oos-eval DIR/clinc+oos-eval        one folder a repository, owner+name

Nothing of the texts is part of this repository; whoever runs a benchmark fetches the sets and heeds their licences. A
set that is absent is left out, and said. `rows(name)` gives dicts with `input` and `label`, or `input` and `output`
for free text, in the order of the file.
"""

import argparse
import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Row = dict[str, Any]
Kind = Literal["labels", "text"]


class Absent(Exception):
    """A set whose files are not in the folder; the message says what to fetch."""


@dataclass(frozen=True)
class PublicSet:
    """Where a set stands: `repo` is owner/name on GitHub, `paths` the files in it that are read, in order."""

    repo: str
    paths: tuple[str, ...]
    licence: str
    read: Callable[[list[str]], Iterator[Row]]
    kind: Kind = "labels"


def rows(name: str, folder: Path) -> list[Row]:
    """All rows of a set, texts stripped, rows without text left out. Raises Absent, which names what to fetch."""
    one = SETS[name]
    home = folder / one.repo.replace("/", "+")
    texts = []
    for path in one.paths:
        found = sorted(home.glob(path))
        if not found:
            raise Absent(f"{name}: no {home / path}; clone the GitHub repository {one.repo} into {home}")
        texts += [file.read_text("utf-8", errors="replace") for file in found]
    side = "label" if one.kind == "labels" else "output"
    return [row for row in one.read(texts) if row["input"] and row[side]]


def present(folder: Path, kind: Kind | None = None) -> list[str]:
    """Names of the sets whose files are there."""
    homes = {name: folder / one.repo.replace("/", "+") for name, one in SETS.items() if kind in (None, one.kind)}
    return [name for name, home in homes.items() if all(any(home.glob(path)) for path in SETS[name].paths)]


def _row(text: str, label: str) -> Row:
    return {"input": " ".join(text.split()), "label": label.strip()}


def _pair(asked: str, answered: str) -> Row:
    return {"input": asked.strip(), "output": answered.strip()}


def _banking(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        yield from (_row(line["text"], line["category"]) for line in csv.DictReader(io.StringIO(text)))


def _clinc(texts: list[str]) -> Iterator[Row]:
    whole = json.loads(texts[0])
    for part in ("train", "val", "test"):
        yield from (_row(text, label) for text, label in whole[part])


def _trec(texts: list[str], fine: bool = False) -> Iterator[Row]:
    for line in texts[0].rstrip("\n").split("\n"):
        label, _, text = line.partition(" ")
        yield _row(text, label if fine else label.split(":")[0])


def _trec_fine(texts: list[str]) -> Iterator[Row]:
    return _trec(texts, fine=True)


def _ag_news(texts: list[str]) -> Iterator[Row]:
    names = {"1": "World", "2": "Sports", "3": "Business", "4": "Sci/Tech"}
    for text in texts:
        for label, title, body in csv.reader(io.StringIO(text)):
            yield _row(f"{title}. {body}", names[label])


def _two_files(first: str, second: str) -> Callable[[list[str]], Iterator[Row]]:
    """Two files of one text a line, one a label, their lines dealt in turn."""

    def read(texts: list[str]) -> Iterator[Row]:
        for one, other in zip(texts[0].rstrip("\n").split("\n"), texts[1].rstrip("\n").split("\n"), strict=False):
            yield _row(one, first)
            yield _row(other, second)

    return read


def _label_first(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for line in text.rstrip("\n").split("\n"):
            label, _, rest = line.partition(" ")
            yield _row(rest, label)


def _tweets(*names: str) -> Callable[[list[str]], Iterator[Row]]:
    """Files of texts and of label numbers, in turn."""

    def read(texts: list[str]) -> Iterator[Row]:
        for text, labels in zip(texts[::2], texts[1::2], strict=True):
            for line, label in zip(text.split("\n"), labels.split("\n"), strict=False):
                if label.strip():
                    yield _row(line, names[int(label)])

    return read


def _tweet_paths(task: str) -> tuple[str, ...]:
    parts = ("val", "test") if task == "sentiment" else ("train", "val", "test")
    return tuple(f"datasets/{task}/{part}_{what}.txt" for part in parts for what in ("text", "labels"))


def _cola(texts: list[str]) -> Iterator[Row]:
    for line in texts[0].rstrip("\n").split("\n"):
        cells = line.split("\t")
        if len(cells) == 4:
            yield _row(cells[3], "acceptable" if cells[1] == "1" else "unacceptable")


def _label_tab_text(texts: list[str]) -> Iterator[Row]:
    for line in texts[0].rstrip("\n").split("\n"):
        label, _, text = line.partition("\t")
        yield _row(text, label)


def _text_tab_label(texts: list[str]) -> Iterator[Row]:
    names = texts[1].split()
    for line in texts[0].rstrip("\n").split("\n"):
        text, _, label = line.rpartition("\t")
        if label.strip():
            yield _row(text, names[int(label)])


def _davidson(texts: list[str]) -> Iterator[Row]:
    names = ("hate", "offensive", "neither")
    yield from (_row(line["tweet"], names[int(line["class"])]) for line in csv.DictReader(io.StringIO(texts[0])))


def _clue(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for line in text.rstrip("\n").split("\n"):
            one = json.loads(line)
            yield _row(one["sentence"], one.get("label_desc") or one["label_des"])


def _snips(texts: list[str]) -> Iterator[Row]:
    wholes = [json.loads(text) for text in texts]
    listed = [(name, said) for whole in wholes for name, items in whole.items() for said in items]
    # the files hold one intent each: dealt by position, so that a beginning of the set has all of them
    place: dict[str, int] = {}
    order = []
    for name, said in listed:
        place[name] = place.get(name, -1) + 1
        order.append((place[name], name, said))
    for _, name, said in sorted(order, key=lambda one: (one[0], one[1])):
        yield _row("".join(part["text"] for part in said["data"]), name)


def _atis(texts: list[str]) -> Iterator[Row]:
    for line in texts[0].rstrip("\n").split("\n"):
        said, _, tags = line.partition("\t")
        if tags.split():
            yield _row(said.removeprefix("BOS ").removesuffix(" EOS"), tags.split()[-1].removeprefix("atis_"))


def _slots(texts: list[str]) -> Iterator[Row]:
    """The slots of a sentence as JSON: an extraction whose words all stand in the input."""
    for line in texts[0].rstrip("\n").split("\n"):
        said, _, tags = line.partition("\t")
        found: dict[str, str] = {}
        name = ""
        for word, tag in zip(said.split(), tags.split(), strict=False):
            if tag.startswith("B-"):
                name = tag[2:]
                found[name] = word
            elif tag.startswith("I-") and name:
                found[name] += f" {word}"
        yield _pair(said.removeprefix("BOS ").removesuffix(" EOS"), json.dumps(found))


def _emotions(texts: list[str]) -> Iterator[Row]:
    yield from (_row(line["Text"], line["Emotion"]) for line in csv.DictReader(io.StringIO(texts[0])))


def _titles(texts: list[str]) -> Iterator[Row]:
    """A file of texts and one of label numbers, from 1."""
    for text, number in zip(texts[0].rstrip("\n").split("\n"), texts[1].split(), strict=True):
        yield _row(text, PROGRAMMING[int(number) - 1])


def _semicolons(texts: list[str]) -> Iterator[Row]:
    for label, text in csv.reader(io.StringIO(texts[0]), delimiter=";", quotechar="'"):
        yield _row(text, label)


def _abstracts(texts: list[str]) -> Iterator[Row]:
    names = {line["condition_label"]: line["condition_name"] for line in csv.DictReader(io.StringIO(texts[1]))}
    for line in csv.DictReader(io.StringIO(texts[0])):
        yield _row(line["medical_abstract"], names[line["condition_label"]])


def _text_then_label(texts: list[str]) -> Iterator[Row]:
    yield from (_row(text, label) for text, label in csv.reader(io.StringIO(texts[0])))


def _several_intents(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for one in json.loads(text):
            if one.get("intents"):
                yield _row(one["text"], ", ".join(sorted(one["intents"])))


def _restaurants(texts: list[str]) -> Iterator[Row]:
    yield from (_pair(line["mr"], line["ref"]) for line in csv.DictReader(io.StringIO(texts[0])))


def _alpaca(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for one in json.loads(text):
            answer = one.get("output") or one.get("response") or ""
            yield _pair("\n".join(filter(None, (one["instruction"], one.get("input")))), str(answer))


def _parted(texts: list[str]) -> Iterator[Row]:
    """The same with its two parts kept, and with rows that have no answer: " " stands for it."""
    for one in json.loads(texts[0]):
        pair = _pair("\n".join(filter(None, (one["instruction"], one["input"]))), one["output"])
        yield {**pair, "output": pair["output"] or " ", "instruction": one["instruction"], "given": one["input"]}


def _sums(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        yield from (_pair(one["question"], one["answer"]) for one in map(json.loads, text.rstrip("\n").split("\n")))


def _medical(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for pair in ElementTree.fromstring(text).iter("QAPair"):  # noqa: S314 - files the caller chose to fetch
            yield _pair(pair.findtext("Question") or "", re.sub(r"[ \t]+", " ", pair.findtext("Answer") or ""))


def _passages(texts: list[str]) -> Iterator[Row]:
    """Questions on a passage that is given with them, the answer a span of it."""
    for article in json.loads(texts[0])["data"]:
        for paragraph in article["paragraphs"]:
            for one in paragraph["qas"]:
                yield _pair(f"{paragraph['context']}\n\n{one['question']}", one["answers"][0]["text"])


def _bare_questions(texts: list[str]) -> Iterator[Row]:
    """The same questions without their passages."""
    for article in json.loads(texts[0])["data"]:
        for paragraph in article["paragraphs"]:
            yield from (_pair(one["question"], one["answers"][0]["text"]) for one in paragraph["qas"])


def passages(folder: Path) -> list[str]:
    """The passages of `passages`, as a knowledge base for `questions`. Raises Absent."""
    one = SETS["questions"]
    path = folder / one.repo.replace("/", "+") / one.paths[0]
    if not path.exists():
        raise Absent(f"questions: no {path}; clone the GitHub repository {one.repo}")
    articles = json.loads(path.read_text("utf-8"))["data"]
    return [paragraph["context"] for article in articles for paragraph in article["paragraphs"]]


def _parallel(texts: list[str]) -> Iterator[Row]:
    """Line n of the first file beside line n of each other one."""
    sides = [text.rstrip("\n").split("\n") for text in texts]
    for line in zip(*sides, strict=False):
        yield from (_pair(line[0], other) for other in line[1:])


def _factoids(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for one in json.loads(text):
            yield _pair(one["qText"], one["answers"][0])


def _completions(texts: list[str]) -> Iterator[Row]:
    for text in texts:
        for line in text.rstrip("\n").split("\n"):
            one = json.loads(line)
            yield _pair(one["prompt"].replace("\r", ""), one["completion"].removesuffix("<|endoftext|>"))


PROGRAMMING = (
    "wordpress", "oracle", "svn", "apache", "excel", "matlab", "visual-studio", "cocoa", "osx", "bash", "spring",
    "hibernate", "scala", "sharepoint", "ajax", "qt", "drupal", "linq", "haskell", "magento",
)  # fmt: skip
_TEMPLATES = "data/finetuning/t0_train_50k/data_per_template/"
_SENTENCES = "Research use, no licence named (Socher et al. 2013; Pang and Lee 2004, 2005; Hu and Liu 2004)"
_TWITTER = "Research use under Twitter's terms; the repository adds no restriction"
_CLUE = "Research use, no licence named"
SETS: dict[str, PublicSet] = {
    "banking77": PublicSet(
        "PolyAI-LDN/task-specific-datasets", ("banking_data/train.csv", "banking_data/test.csv"), "CC-BY-4.0", _banking
    ),
    "clinc150": PublicSet("clinc/oos-eval", ("data/data_full.json",), "CC-BY-3.0", _clinc),
    "trec": PublicSet("harvardnlp/sent-conv-torch", ("data/raw/TREC.train",), "Research use, none named", _trec),
    "trec_fine": PublicSet(
        "harvardnlp/sent-conv-torch", ("data/raw/TREC.train",), "Research use, none named", _trec_fine
    ),
    "ag_news": PublicSet("mhjabreel/CharCnn_Keras", ("data/ag_news_csv/test.csv",), "Non-commercial use", _ag_news),
    "movies": PublicSet(
        "harvardnlp/sent-conv-torch",
        ("data/raw/rt-polarity.pos", "data/raw/rt-polarity.neg"),
        _SENTENCES,
        _two_files("positive", "negative"),
    ),
    "subjectivity": PublicSet(
        "harvardnlp/sent-conv-torch",
        ("data/raw/subj.objective", "data/raw/subj.subjective"),
        _SENTENCES,
        _two_files("objective", "subjective"),
    ),
    "products": PublicSet(
        "harvardnlp/sent-conv-torch",
        ("data/raw/custrev.pos", "data/raw/custrev.neg"),
        _SENTENCES,
        _two_files("positive", "negative"),
    ),
    "opinions": PublicSet(
        "harvardnlp/sent-conv-torch",
        ("data/raw/mpqa.pos", "data/raw/mpqa.neg"),
        _SENTENCES,
        _two_files("positive", "negative"),
    ),
    "movies_stars": PublicSet("harvardnlp/sent-conv-torch", ("data/stsa.fine.train",), _SENTENCES, _label_first),
    "irony": PublicSet("cardiffnlp/tweeteval", _tweet_paths("irony"), _TWITTER, _tweets("not irony", "irony")),
    "emotion": PublicSet(
        "cardiffnlp/tweeteval", _tweet_paths("emotion"), _TWITTER, _tweets("anger", "joy", "optimism", "sadness")
    ),
    "hate": PublicSet("cardiffnlp/tweeteval", _tweet_paths("hate"), _TWITTER, _tweets("not hate", "hate")),
    "offensive": PublicSet(
        "cardiffnlp/tweeteval", _tweet_paths("offensive"), _TWITTER, _tweets("not offensive", "offensive")
    ),
    "sentiment": PublicSet(
        "cardiffnlp/tweeteval", _tweet_paths("sentiment"), _TWITTER, _tweets("negative", "neutral", "positive")
    ),
    "cola": PublicSet(
        "nyu-mll/CoLA-baselines",
        ("acceptability_corpus/raw/in_domain_train.tsv",),
        "Fair use of published examples (Warstadt et al. 2018)",
        _cola,
    ),
    "sms": PublicSet("justmarkham/pycon-2016-tutorial", ("data/sms.tsv",), "CC-BY-4.0 (UCI)", _label_tab_text),
    "davidson": PublicSet(
        "t-davidson/hate-speech-and-offensive-language", ("data/labeled_data.csv",), "MIT", _davidson
    ),
    "chinese_news": PublicSet(
        "649453932/Chinese-Text-Classification-Pytorch",
        ("THUCNews/data/dev.txt", "THUCNews/data/class.txt"),
        "Research use (THUCTC)",
        _text_tab_label,
    ),
    "chinese_headlines": PublicSet(
        "CLUEbenchmark/FewCLUE", ("datasets/tnews/test_public.json", "datasets/tnews/*_few_all.json"), _CLUE, _clue
    ),
    "chinese_apps": PublicSet(
        "CLUEbenchmark/FewCLUE", ("datasets/iflytek/*_few_all.json", "datasets/iflytek/test_public.json"), _CLUE, _clue
    ),
    "snips": PublicSet(
        "sonos/nlu-benchmark", ("2017-06-custom-intent-engines/*/train_*_full.json",), "CC0-1.0", _snips
    ),
    "atis": PublicSet("yvchen/JointSLU", ("data/atis.train.w-intent.iob",), "Research use (LDC93S4B)", _atis),
    "feelings": PublicSet(
        "lukasgarbas/nlp-text-emotion", ("data/data_train.csv", "data/data_test.csv"), "None named", _emotions
    ),
    "several_intents": PublicSet(
        "PolyAI-LDN/task-specific-datasets", ("nlupp/data/banking/fold*.json",), "CC-BY-4.0", _several_intents
    ),
    "home_commands": PublicSet(
        "xliuhw/NLU-Evaluation-Data",
        ("CrossValidation/out4WatsonReal/*/CrossValidation/KFold_1/merged/intents/*.csv",),
        "CC-BY-4.0",
        _text_then_label,
    ),
    "programming_titles": PublicSet(
        "jacoxu/StackOverflow",
        ("rawText/title_StackOverflow.txt", "rawText/label_StackOverflow.txt"),
        "CC-BY-SA (Stack Overflow)",
        _titles,
    ),
    "german_news": PublicSet("tblock/10kGNAD", ("test.csv",), "CC-BY-NC-SA-4.0", _semicolons),
    "medical_abstracts": PublicSet(
        "sebischair/Medical-Abstracts-TC-Corpus",
        ("medical_tc_test.csv", "medical_tc_labels.csv"),
        "CC-BY-SA-3.0",
        _abstracts,
    ),
    "restaurants": PublicSet("tuetschek/e2e-dataset", ("devset.csv",), "CC-BY-SA-4.0", _restaurants, "text"),
    "instructions": PublicSet(
        "gpt4life/alpagasus", ("data/random/random_9k.json",), "CC-BY-NC-4.0 (Stanford Alpaca)", _parted, "text"
    ),
    "instructions_rated": PublicSet(
        "gpt4life/alpagasus", ("data/filtered/claude_t45.json",), "CC-BY-NC-4.0 (Stanford Alpaca)", _alpaca, "text"
    ),
    "answers_rated": PublicSet(
        "gpt4life/alpagasus", ("data/filtered/dolly_3k.json",), "CC-BY-SA-3.0 (Dolly)", _alpaca, "text"
    ),
    "code": PublicSet("sahil280114/codealpaca", ("data/new_codealpaca.json",), "CC-BY-NC-4.0", _alpaca, "text"),
    "roleplay": PublicSet(
        "gururise/AlpacaDataCleaned",
        ("dataset_extensions/GPTeacher/Roleplay/roleplay-simple-deduped-roleplay-dataset.json",),
        "MIT (GPTeacher)",
        _alpaca,
        "text",
    ),
    "sums": PublicSet("openai/grade-school-math", ("grade_school_math/data/train.jsonl",), "MIT", _sums, "text"),
    "medical": PublicSet("abachaa/MedQuAD", ("[1-9]_*QA*/*.xml",), "CC-BY-4.0", _medical, "text"),
    "passages": PublicSet("deepmind/xquad", ("xquad.en.json",), "CC-BY-SA-4.0", _passages, "text"),
    "questions": PublicSet("deepmind/xquad", ("xquad.en.json",), "CC-BY-SA-4.0", _bare_questions, "text"),
    "factoids": PublicSet(
        "brmson/dataset-factoid-webquestions",
        ("main/trainmodel.json", "main/test.json"),
        "CC-BY-4.0",
        _factoids,
        "text",
    ),
    "translation": PublicSet(
        "multi30k/dataset",
        ("data/task1/tok/train.lc.norm.tok.en", "data/task1/tok/train.lc.norm.tok.de"),
        "Research use (Flickr30k captions)",
        _parallel,
        "text",
    ),
    "simplification": PublicSet(
        "facebookresearch/asset",
        ("dataset/asset.valid.orig", "dataset/asset.valid.simp.0"),
        "CC-BY-NC-4.0",
        _parallel,
        "text",
    ),
    "simplifications": PublicSet(
        "facebookresearch/asset",
        ("dataset/asset.valid.orig", "dataset/asset.valid.simp.[0-7]"),
        "CC-BY-NC-4.0",
        _parallel,
        "text",
    ),
    "slots": PublicSet("yvchen/JointSLU", ("data/atis.train.w-intent.iob",), "Research use (LDC93S4B)", _slots, "text"),
    "dialogues": PublicSet(
        "yizhongw/self-instruct", (_TEMPLATES + "samsum_*ummarize_.jsonl",), "CC-BY-NC-ND-4.0", _completions, "text"
    ),
    "app_stars": PublicSet(
        "yizhongw/self-instruct",
        (_TEMPLATES + "app_reviews_convert_to_rating.jsonl",),
        "None named",
        _completions,
        "text",
    ),
    "science": PublicSet(
        "yizhongw/self-instruct",
        (_TEMPLATES + "sciq_Direct_Question_Closed_Book_.jsonl",),
        "CC-BY-NC-3.0",
        _completions,
        "text",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, required=True, metavar="DIR")
    folder = parser.parse_args().sets
    for name, one in SETS.items():
        try:
            found = rows(name, folder)
        except Absent as absent:
            print(absent)
            continue
        of = f", {len({row['label'] for row in found}):,} labels" if one.kind == "labels" else ""
        print(f"{name}: {len(found):,} rows{of}; {one.repo}; {one.licence}")


if __name__ == "__main__":
    main()
