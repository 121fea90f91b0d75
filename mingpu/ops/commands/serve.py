"""Serve pages and API with granian."""

import argparse
import os
import sys

from mingpu.home import port


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take host, port and number of processes."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port())
    parser.add_argument("--workers", type=int, default=2)


def run(args: argparse.Namespace) -> int:
    """Become the server."""
    serve(args.host, args.port, args.workers)
    return 0


def serve(host: str, number: int, workers: int) -> None:
    """Replace this process by granian; one thread a worker, so that a worker has one database connection."""
    call = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(number),
        "--workers", str(workers), "--blocking-threads", "1", "--backlog", "1024", "--no-ws", "--http", "1",
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning",
        "mingpu.wsgi:application",
    ]  # fmt: skip
    os.execv(sys.executable, call)  # noqa: S606 -- our own interpreter and arguments
