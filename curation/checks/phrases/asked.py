"""Inputs that ask for a text in which anything may be said: a translation, a story, a quotation."""

import re

TRANSLATE = re.compile(
    r"\btranslat|\btradu|\bübersetz|\bперевед|\bperevod|翻[译譯]|[译譯]成"
    r"|訳して|翻訳|ترجم|अनुवाद|অনুবাদ|ترجمہ|\bterjemah",
    re.IGNORECASE,
)
REWRITE = re.compile(
    r"\brewrit|\bparaphras|\brephras|\bproofread|\bsummar|\breescrib|\bumformulier|\bcorrect (?:the|this)|\bclassify\b"
    r"|\bquote",
    re.IGNORECASE,
)
STORY = re.compile(
    r"\b(?:story|stories|novel|tale|scene|screenplay|poem|fiction|thriller|play in which|role-?play|sketch|lyrics"
    r"|cuento|historia|conte|roman|geschichte|conto|рассказ|сказк|cerita)\b|故事|小[说說]|物語|小説|قصة|कहानी|গল্প|کہانی",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(?:#(?!#)|//|/\*|\*|--\s|\"\"\"|%\s|;\s)")
_MARKS = re.compile(r"[\"“”„«»「」『』]")
# an apostrophe at the end of a word closes nothing that was not opened: "their species' values"
_SINGLE = re.compile(r"((?<![^\s(\[{=])['‘](?=\S|\Z))|((?<=\S)['’](?!\w))")


def quoted(text: str, start: int) -> bool:
    """Whether what starts there stands in quotation marks, in a code block, or in a comment of code."""
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - 300) : start]
    fenced = text.count("```", 0, start) % 2 == 1
    is_marked = len(_MARKS.findall(before)) % 2 == 1 or _is_open(before)
    return fenced or is_marked or _COMMENT.match(text[line : line + 20]) is not None


def _is_open(before: str) -> bool:
    """Whether a single quotation mark is still open at the end."""
    is_open = False
    for mark in _SINGLE.finditer(before):
        is_open = mark[1] is not None
    return is_open
