"""`python -m mingpu.adapters.counterparts`: the counterparts alone, beside any mall."""

import argparse
from pathlib import Path

from mingpu.adapters.counterparts.config import CounterpartConfig
from mingpu.adapters.counterparts.keys import provision
from mingpu.adapters.counterparts.server import run


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Play the parties a mall talks to.")
    parser.add_argument("--directory", type=Path, required=True, help="keys and state; made when absent")
    parser.add_argument("--mall", default="http://127.0.0.1:8000", help="address of the mall")
    parser.add_argument("--sf-push-url", help="default: <mall>/webhooks/sf/<secret>")
    parser.add_argument("--yto-push-url", help="default: <mall>/webhooks/yto/<secret>")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--pace", type=float, default=0.1, help="factor on every waiting time; 1 = real")
    parser.add_argument("--hold", type=float, default=8.0, help="seconds a `timeout` fault holds an answer")
    parser.add_argument("--callback-key", choices=("certificate", "public_key"), default="certificate")
    asked = parser.parse_args()
    keys = provision(asked.directory)
    run(
        CounterpartConfig(
            directory=asked.directory,
            keys=keys,
            sf_push_url=asked.sf_push_url or f"{asked.mall}/webhooks/sf/{keys.sf.push_secret}",
            yto_push_url=asked.yto_push_url or f"{asked.mall}/webhooks/yto/{keys.yto.push_secret}",
            port=asked.port,
            smtp_port=asked.smtp_port,
            pace=asked.pace,
            hold=asked.hold,
            callback_key=asked.callback_key,
        )
    )


if __name__ == "__main__":
    main()
