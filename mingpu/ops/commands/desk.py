"""Serve the staff desk: its own process, because its login may do other things than the storefront's."""

import argparse

from mingpu.home import port
from mingpu.ops.commands.serve import serve


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take host and port."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=port() + 2)


def run(args: argparse.Namespace) -> int:
    """Become the server."""
    serve(args.host, args.port, 1)
    return 0
