"""`curation app` and the background jobs that the app starts."""

import argparse
import contextlib
import ipaddress
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Literal

from curation.cli.flags import add_store, use_store
from curation.errors import UsageError
from curation.files import app_folder, projects_folder
from curation.project import Project
from curation.records import Actor, Role
from curation.records.progress import Progress

USUAL_HOSTS = ("localhost", "127.0.0.1")
"""What `.streamlit/config.toml` allows."""
WRITE_ONCE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def check_loopback(host: str) -> None:
    """Raises UsageError where others could reach this address: there is no sign-in that would keep them out."""
    try:
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise UsageError(
            f"--host {host} can be reached from other computers, and nobody signs in to this app. Leave --host out to "
            "serve this computer alone (127.0.0.1), or serve it to people who sign in: curation serve (docs/deploy.md)."
        )


def run(args: argparse.Namespace, progress: Progress) -> None:
    """Open the browser app; returns when it is stopped. Raises UsageError for an address others can reach."""
    check_loopback(args.host)
    use_store(args)
    if args.project:
        Project.open(args.project).close()
        os.environ["CURATION_PROJECT"] = str(args.project.resolve())
    is_v6 = ":" in args.host
    with socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just let go of is free
        try:
            probe.bind((args.host, args.port))
        except OSError as error:
            raise UsageError(
                f"{args.host}:{args.port} cannot be used ({error.strerror}). Name another --port."
            ) from None
    name = f"[{args.host}]" if is_v6 else args.host
    key = os.environ["CURATION_KEY"] if "CURATION_KEY" in os.environ else _key()
    os.environ |= {"CURATION_KEY": key, "CURATION_HOST": args.host, "CURATION_PORT": str(args.port)}
    if args.host not in USUAL_HOSTS:
        # the page's own address has to be a known one, or the live connection is refused
        os.environ["STREAMLIT_SERVER_ALLOWED_HOSTS"] = ",".join((*USUAL_HOSTS, args.host))
    address = f"http://{name}:{args.port}" + (f"/?key={key}" if key else "")
    become_server(address)


def become_server(address: str) -> None:
    """Go on as the server of the pages, from the folder that holds them, which says its address once it answers; never
    returns."""
    print("Starting the app; its address follows.", flush=True)
    os.environ["CURATION_SAID"] = f"curation is at {address} (stop with Ctrl-C)"
    os.chdir(app_folder())
    os.execv(sys.executable, [sys.executable, "-m", "curation.ui.server"])  # noqa: S606  the interpreter we run in


def _key() -> str:
    """The key to this person's apps, made once: others who can reach the port are strangers all the same.

    Raises UsageError where its file is empty: that would be no key.
    """
    path = projects_folder().parent / "key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.with_name(f".key.{os.getpid()}.tmp")
        try:
            with os.fdopen(os.open(whole, WRITE_ONCE, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
            with contextlib.suppress(FileExistsError):  # another start was first
                path.hardlink_to(whole)
        finally:
            whole.unlink(missing_ok=True)
    if not (key := path.read_text().strip()):
        raise UsageError(f"{path} is empty, so the app would be open to everybody. Remove it and start again.")
    return key


def job(folder: str, id: str, name: str, role: Role | Literal[""] = "") -> None:
    """Do a background job the app has started, for whoever started it: with their role, checked at every step."""
    with Project.open(folder, actor=Actor(name, role)) as project:
        project.jobs.run(id, project)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    parser.add_argument("--project", type=Path, metavar="DIR", help="left out: the sample project")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--host", default="127.0.0.1", help="an address of this computer alone; others are refused")
    add_store(parser)
