from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.readiness.evidence import evidence
from curation.readiness.policy import load_policy, stored_policy
from curation.readiness.rules import ORIGINS, UNITS


def test_every_threshold_says_where_it_comes_from_and_every_item_is_built() -> None:
    policy = load_policy()
    assert set(policy.items) == set(evidence.all())
    for rule in policy.items.values():
        assert rule.origin in ORIGINS
        assert rule.unit in UNITS
        assert len(rule.source) > 20


def test_a_file_names_only_what_it_changes_and_the_hash_tells(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[items.noise]\nfail = 0.2\n")
    mine, usual = load_policy(path), load_policy()
    assert mine.items["noise"].fail == 0.2
    assert mine.items["noise"].warn == usual.items["noise"].warn
    assert mine.items["coverage"] == usual.items["coverage"]
    assert mine.digest != usual.digest == load_policy().digest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[items.nois]\nfail = 0.2", "did you mean 'noise'"),
        ("[items.noise]\nfale = 0.2", "did you mean 'fail'"),
        ("[items.noise]\nfail = 'much'", "must be a number"),
        ("[items.noise]\norigin = 'hearsay'", "one of published, measured, policy"),
        ("[items.noise]\nprior = [0.3, 0.1]", "two numbers"),
        ("[items.noise.settings]\naudit_rows = true", "numbers"),
        ("[method]\ndraws = 0", "draws must be a whole number"),
        ("[items]\nnoise = 3", "must be a table"),
        ("items = [", "not a TOML file"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words.replace("[", r"\[")):
        load_policy(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_policy(tmp_path / "nowhere.toml")


def test_noise_fails_by_its_low_end_and_warns_by_its_high_end() -> None:
    rule = load_policy().items["noise"]
    assert rule.status(0.12, 0.09, 0.15) == "warn"
    assert rule.status(0.12, 0.11, 0.13) == "fail"
    assert rule.status(0.02, 0.01, 0.04) == "ok"


def test_no_gain_over_the_usual_answer_counts_as_no_pattern() -> None:
    rule = load_policy().items["learnability"]
    assert rule.status(0.1, 0.0, 0.2) == "fail"
    assert rule.status(0.1, 0.01, 0.2) == "ok"


def test_thresholds_of_an_earlier_version_are_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[items.noise]\nfail = 0.2\n[items.noise.settings]\nmost_rate = 0.4\n[items.magic]\nfail = 1.0\n")
    policy, gone = stored_policy(path)
    assert policy.items["noise"].fail == 0.2
    assert sorted(gone) == ["magic", "noise.settings.most_rate"]
    with pytest.raises(UsageError, match="no policy field"):
        load_policy(path)
    path.write_text("[items.noise]\nfail = 'much'\n")
    with pytest.raises(UsageError, match="must be a number"):
        stored_policy(path)
