"""The child process: what it hands over, and that nothing it meets harms the parent."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from curation.errors import Cancelled, CurationError, InputRejected, UsageError
from curation.files.confined import environment
from curation.load import Limits, load, preview
from curation.load.sandbox import take_over
from curation.records import Columns, Imported

PAIRS = b"text,label\n" + b"".join(b"hello number %d,greet\n" % n for n in range(50))


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder the private folders are made in, to see what is left behind."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes, name: str = "train.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def large(rows: int) -> bytes:
    return b"text,label\n" + b"hello there,greet\n" * rows


def test_a_file_comes_back_whole_and_its_private_folder_is_gone(file, private):
    told = []
    imported = load(file(PAIRS), name="küche.csv", progress=lambda done, message: told.append((done, message)))
    assert imported.dataset.values("input") == [f"hello number {n}" for n in range(50)]
    assert set(imported.dataset.values("source")) == {"küche.csv"}
    assert (imported.name, imported.format, imported.shape, imported.encoding) == ("küche.csv", "csv", "flat", "utf-8")
    assert imported.digest == hashlib.sha256(PAIRS).hexdigest()
    assert imported.columns == Columns(input=("text",), label="label")
    assert imported.available == ("text", "label")
    assert all(0 <= done <= 1 and "küche.csv" in message for done, message in told)
    assert list(private.iterdir()) == []


def test_a_reader_goes_on_without_pandas_which_a_plugin_may_still_use():
    """pyarrow imports it with the first array, half of what reading a small file took."""
    code = (
        "import sys; from curation.load.sandbox.child import spare_pandas; spare_pandas(); import pyarrow as pa; "
        "before = pa.array(['a', None]).null_count, 'pandas' in sys.modules; import pandas as pd; "
        "column = pa.Table.from_pandas(pd.DataFrame({'n': pd.Series([1.0, None])}))['n']; "
        "print(*before, column.null_count, len(column.to_pandas()), pa.array(pd.Series([1.0, None])).null_count)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["1", "False", "1", "2", "1"]


def test_the_name_of_an_upload_is_text_and_never_a_path(file, private):
    imported = load(file(PAIRS), name="../../etc/passwd")
    assert set(imported.dataset.values("source")) == {"../../etc/passwd"}


def test_a_preview_reads_the_first_rows_only_and_knows_the_whole_files_digest(file, private):
    path = file(PAIRS)
    imported = preview(path, rows=7)
    assert imported.dataset.values("row") == list(range(7))
    assert imported.digest == hashlib.sha256(PAIRS).hexdigest()
    assert len(preview(path).dataset) == 20


def test_missing_files_and_folders_are_usage_errors(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        load(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="a folder, not a file"):
        preview(tmp_path)


def test_an_unknown_column_names_the_file_and_the_nearest_column_first(file, private):
    with pytest.raises(UsageError, match=r"train.csv has no column 'lable'; its columns are label, text"):
        load(file(PAIRS), columns=Columns(input=("text",), label="lable"))


def test_refusals_of_the_child_reach_the_caller(file, private):
    with pytest.raises(InputRejected, match=r"train.csv: this is a PDF"):
        load(file(b"%PDF-1.7\n"))
    assert list(private.iterdir()) == []


def test_a_bomb_of_brackets_leaves_the_parent_unharmed(file, private):
    with pytest.raises(InputRejected, match="rows could be read"):
        load(file(b"[" * 200_000 + b"]" * 200_000))
    assert len(load(file(PAIRS)).dataset) == 50


def test_too_little_memory_refuses_the_file_and_leaves_the_parent_unharmed(file, private):
    line = b'{"text": "' + b"a" * (900 << 10) + b'", "label": "b"}\n'
    path = file(line * 60)
    with pytest.raises(InputRejected, match=r"more than 0\.\d GiB|could not be parsed safely"):
        load(path, limits=Limits(memory=400 << 20))
    assert list(private.iterdir()) == []
    assert len(load(path).dataset) == 60


def test_too_much_computing_ends_the_child(file, private):
    with pytest.raises(InputRejected, match="could not be parsed safely: it took more than 1 s of computing"):
        load(file(large(900_000)), limits=Limits(cpu_seconds=1))
    assert list(private.iterdir()) == []


def test_too_much_time_ends_the_child(file, private):
    with pytest.raises(InputRejected, match="could not be parsed safely: it took more than 0 s"):
        load(file(large(100_000)), limits=Limits(wall_seconds=0))
    assert list(private.iterdir()) == []


def test_a_million_short_rows_have_the_time_they_take_on_a_slow_computer():
    limits = Limits()
    assert limits.cpu_seconds * limits.patience(20 << 20) == 60
    assert limits.cpu_seconds * limits.patience(61 << 20) == 183


def test_rows_that_come_to_too_much_are_refused(file, private):
    with pytest.raises(InputRejected, match="its rows come to more than"):
        load(file(large(20_000)), limits=Limits(decoded=100_000))


def test_cancelling_ends_the_child_and_leaves_nothing_behind(file, private):
    def stop(done: float, message: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load(file(large(500_000)), progress=stop)
    assert list(private.iterdir()) == []


def test_a_crash_is_a_rejection_and_a_fault_of_ours_is_not(tmp_path):
    with pytest.raises(InputRejected, match=r"a.csv: could not be parsed safely: the reader was ended by SIGSEGV"):
        take_over(tmp_path, "a.csv", -11, Limits())
    (tmp_path / "stderr").write_text("Traceback ...\nValueError: the customer's text")
    with pytest.raises(CurationError, match="the reader failed: ValueError") as fault:
        take_over(tmp_path, "a.csv", 1, Limits())
    assert not isinstance(fault.value, InputRejected)
    assert "customer" not in str(fault.value)


def test_the_child_gets_none_of_the_servers_secrets(monkeypatch):
    monkeypatch.setenv("API_KEY", "canary-7141")
    assert "canary-7141" not in " ".join(environment().values())
    assert environment()["PATH"] == os.environ["PATH"]


def test_the_same_file_gives_the_same_rows_twice(file, private):
    path = file(PAIRS + b"hello number 3,greet\n")
    first, second = load(path), load(path)
    assert first.dataset.table.equals(second.dataset.table)
    assert first.dataset.values("id")[-1] == first.dataset.values("id")[3] + "-1"
    assert isinstance(first, Imported)


def test_a_system_without_limits_is_told_in_a_sentence(file: Callable[..., Path], tmp_path: Path) -> None:
    path = file(PAIRS)
    # Python's own way to say that a module is not there, as `resource` is not on Windows, where psutil does without it
    script = "import psutil, sys; sys.modules['resource'] = None; from curation.cli.main import main; sys.exit(main(sys.argv[1:]))"
    words = ["load", str(path), "--project", str(tmp_path / "project")]
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith(
        "curation: train.csv: not read. Files are parsed in a process whose memory and time are limited"
    )
    assert "WSL" in line
    assert not (tmp_path / "project").exists()
