"""Runs the counterparts as one process."""

import asyncio
import signal

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from mingpu.adapters.counterparts.app import create_app
from mingpu.adapters.counterparts.config import CounterpartConfig


def run(config: CounterpartConfig) -> None:
    """Serve until SIGTERM or SIGINT; blocks. Needs the main thread.

    Raises RuntimeError when it cannot start (a port is taken, the state is in use).
    """
    asyncio.run(_serve(config))


async def _serve(config: CounterpartConfig) -> None:
    server = Server(
        create_app(config),
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    )
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, server.stop)
    await server.serve()
