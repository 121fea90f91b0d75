"""Play the outside world on this machine: payment, courier, SMS and mail, each with its own keys."""

import argparse
import os

from mingpu.adapters.counterparts.config import CounterpartConfig
from mingpu.adapters.counterparts.keys import provision
from mingpu.adapters.counterparts.server import run as serve
from mingpu.home import home, port


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how fast the others' clocks run."""
    parser.add_argument(
        "--pace", type=float, default=0.1, help="factor on their waiting times; 1 = as in reality"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until asked to stop; refused in production."""
    if os.environ.get("MINGPU_ENV") == "production":
        print("counterparts are play; MINGPU_ENV=production refuses them")
        return 2
    folder = home() / "counterparts"
    keys = provision(folder)
    config = CounterpartConfig(
        directory=folder,
        keys=keys,
        sf_push_url=f"http://127.0.0.1:{port()}/webhooks/sf/{keys.sf.push_secret}",
        yto_push_url=f"http://127.0.0.1:{port()}/webhooks/yto/{keys.yto.push_secret}",
        port=port() + 1,
        smtp_port=int(os.environ.get("MINGPU_SMTP_PORT") or port() + 25),
        pace=args.pace,
    )
    serve(config)
    return 0
