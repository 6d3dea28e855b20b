import subprocess
import sys

import pytest

HOLDS = """
from pathlib import Path
from curation.engine.memory import give_back

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

texts = [bytes(2_000) for _ in range(50_000)]
last = texts[-1]  # lies above the others, which the C library therefore keeps
del texts
before = held()
give_back()
print(before - held())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_what_many_small_texts_leave_behind_is_given_back():
    freed = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, text=True, check=True).stdout
    assert int(freed) > 50_000_000
