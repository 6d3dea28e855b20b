"""`curation app` and the background jobs that the app starts."""

import argparse
import os
import socket
import sys
from pathlib import Path

from curation.errors import UsageError
from curation.files import app_folder
from curation.progress import Progress
from curation.project import Project


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Open the browser app; returns when it is stopped."""
    folder = app_folder()
    if args.project:
        Project.open(args.project).close()
        os.environ["CURATION_PROJECT"] = str(args.project.resolve())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just let go of is free
        try:
            probe.bind((args.host, args.port))
        except OSError as error:
            raise UsageError(
                f"{args.host}:{args.port} cannot be used ({error.strerror}). Name another --port."
            ) from None
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(args.port)]
    print(f"curation is at http://{args.host}:{args.port} (stop with Ctrl-C)", flush=True)
    os.chdir(folder)
    os.execv(sys.executable, [*command, "--server.address", args.host])  # noqa: S606  the interpreter we run in


def job(folder: str, id: str) -> None:
    """Do a background job the app has started."""
    project = Project.open(Path(folder))
    project.jobs.run(id, project)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, metavar="DIR", help="left out: the sample project")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="127.0.0.1", help="loopback only unless you know who can reach it")
