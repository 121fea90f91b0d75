"""Run background jobs."""

import argparse
from contextlib import suppress
from datetime import timedelta
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from mingpu.lib.jobs import QUEUE

STALLED = timedelta(seconds=30)  # three of its heartbeats


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many jobs may run at a time."""
    parser.add_argument("--concurrency", type=int, default=4)


def run(args: argparse.Namespace) -> int:
    """Run until asked to stop; jobs under way are finished first."""
    connector: Any = app.connector
    worker = app.with_connector(connector.get_worker_connector())

    @worker.periodic(cron="* * * * *")
    @worker.task(name="jobs.recover", queue=QUEUE, queueing_lock="jobs.recover")
    async def recover(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the minute it is for
        """Take up the jobs of workers that died."""
        for job in await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED.total_seconds()):
            with suppress(
                ConnectorException
            ):  # taken up by another meanwhile; what is left is seen in a minute
                await worker.job_manager.retry_job(job)

    worker.run_worker(
        queues=[QUEUE], concurrency=args.concurrency, delete_jobs="successful", name="mall",
        fetch_job_polling_interval=1.0,
    )  # fmt: skip
    return 0
