"""What keeps two near-identical texts apart, and what does not."""

import pytest

from curation.dedup import guarded
from curation.text.differences import differences

APART = [
    ("Book a room from March 4th to 6th please", "Book a room from March 4th to 9th please", {"number", "date"}),
    ("Book a room from March 4th to 6th", "Book a room from March 4th to 9th", {"number", "date"}),
    ("What is 3+4", "What is 3-4", {"number"}),
    ("What is 3 + 4", "What is 3 - 4", {"number"}),
    ("What is 3*4", "What is 3/4", {"number"}),
    ("Add 15% to the bill", "Add $15 to the bill", {"number"}),
    ("is x < y", "is x > y", {"number"}),
    ("the value is 5", "the value is -5", {"number"}),
    ("I have two cats at home", "I have three cats at home", {"number"}),
    ("pay 1.5 now", "pay 15 now", {"number"}),
    ("how do I learn C++ fast", "how do I learn C fast", {"number"}),
    ("send 5 reports", "send reports", {"number"}),
    ("from 4 to 6", "from 6 to 4", {"number"}),
    ("we meet on Monday at noon", "we meet on Sunday at noon", {"date", "name"}),
    ("the report is due in march", "the report is due in april", {"date"}),
    ("see you 2024-01-02", "see you 2024-02-01", {"date", "number"}),
    ("call me at 10:30", "call me at 11:30", {"date", "number"}),
    ("see you tomorrow", "see you today", {"date"}),
    ("Book a flight to Paris", "Book a flight to London", {"name"}),
    ("I live in Iran now", "I live in Iraq now", {"name"}),
    ("fly from Paris to London", "fly from London to Paris", {"name"}),
    ("Call the API now", "Call the GPU now", {"name"}),
    ("FLY TO PARIS NOW", "fly to London now", {"name"}),
    ("I can cancel it", "I cannot cancel it", {"negation"}),
    ("I do want it", "I don't want it", {"negation"}),
    ("I do want it", "I don’t want it", {"negation"}),
    ("it is possible", "it is impossible", {"negation"}),
    ("the file is enabled", "the file is not enabled", {"negation"}),
    ("ich will das", "ich will das nicht", {"negation"}),
    ("я хочу это", "я не хочу это", {"negation"}),
    ("我想要这个", "我不想要这个", {"negation"}),
    ("मुझे यह चाहिए", "मुझे यह नहीं चाहिए", {"negation"}),
    ("أنا أريد هذا", "أنا لا أريد هذا", {"negation"}),
    ("我要3个苹果", "我要4个苹果", {"number"}),
    ("what a day 😀", "what a day 😡", {"number"}),
]

ALIKE = [
    ("How do I reset my password?", "how do i reset my PASSWORD!"),
    ("How do I reset my password?", "How  do I reset\nmy password"),
    ("How do I reset my password?", "How do I reset my pasword?"),
    ("How do I reset my password?", "please How do I reset my password?"),
    ("How do I reset my password?", "Hello there! I was wondering, How do I reset my password?"),
    ("How do I reset my password?", "How I do reset my password?"),
    ("Book a flight to London today", "Book a flight to Lodnon today"),
    ("Book a flight to London today", "BOOK A FLIGHT TO LONDON TODAY"),
    ("Book a flight to London today", "Book A Flight To London Today"),
    ("Book a flight to London today", "book a flight to london today"),
    ("Book a flight to London today", "Book a flight toLondon today"),
    ("see the London Bridge", "see the Bridge London"),
    ("see you on Wednesday then", "see you on Wendesday then"),
    ("pay 1,000 now", "pay 1000 now"),
    ("I have two cats", "I have 2 cats"),
    ("my e-mail is gone", "my e mail is gone"),
    ("I do not want it", "I don't want it"),
    ("it may march on", "it may just march on"),
    ("go in to the house", "go into the house"),
    ("naïve café", "nai\u0308ve cafe\u0301"),
    ("", ""),
    ("a", "b"),
    ("see (this) now", "see [this] now"),
]


@pytest.mark.parametrize(("a", "b", "reasons"), APART)
def test_a_difference_in_meaning_is_named(a: str, b: str, reasons: set[str]) -> None:
    assert guarded(a, b) == reasons
    assert guarded(b, a) == reasons


@pytest.mark.parametrize(("a", "b"), ALIKE)
def test_spelling_case_and_politeness_are_no_difference(a: str, b: str) -> None:
    assert guarded(a, b) == set()
    assert guarded(b, a) == set()


@pytest.mark.parametrize(("a", "b", "reasons"), APART)
def test_the_difference_is_found_inside_a_long_text(a: str, b: str, reasons: set[str]) -> None:
    before, after = "Some words stand here first. " * 20, " And some more follow. " * 20
    assert guarded(before + a + "." + after, before + b + "." + after) == reasons


@pytest.mark.parametrize(("a", "b"), [(x[0], x[1]) for x in APART] + ALIKE)
def test_marked_spans_give_the_texts_back_and_mark_only_differences(a: str, b: str) -> None:
    left, right = differences(a, b)
    assert "".join(text for _, text in left) == a
    assert "".join(text for _, text in right) == b
    assert [t for op, t in left if op == "same"] or [t for op, t in right if op == "added"] or a == b or not a
    assert "".join(t for op, t in left if op == "same") == "".join(t for op, t in right if op == "same")
    assert {op for op, _ in left} <= {"same", "removed"}
    assert {op for op, _ in right} <= {"same", "added"}


def test_marks_show_the_changed_word_only() -> None:
    left, right = differences("Book from March 4th to 6th", "Book from March 4th to 9th")
    assert left == [("same", "Book from March 4th to "), ("removed", "6th")]
    assert right == [("same", "Book from March 4th to "), ("added", "9th")]


def test_marks_of_huge_texts_stay_quick_and_right() -> None:
    a, b = "x y " * 100_000 + "end", "y x " * 100_000 + "end"
    left, right = differences(a, b)
    assert (left[-1][0], left[-1][1][-3:]) == ("same", "end")
    assert "".join(text for _, text in left) == a
    assert "".join(text for _, text in right) == b
