"""The processes that grade: Dask's, on this machine by default, or those of a cluster. Both run the same code.

Workers of a cluster must see export and output folder under the same paths, as on the shared disk of a cluster, and have
convgrade installed. What comes back is small: results, report, and the answers that are kept.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograder.verdicts import UserError

DEATHS = 3  # of processes while they grade one submission; then it is given up
AHEAD = 2  # submissions in hand for each process: one is graded, one waits
SECONDS_TO_CONNECT = 15


class Pool:
    """Processes that grade."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def workers(self) -> int:
        """Return how many there are."""
        return max(1, sum(self._client.nthreads().values()))

    def each(self, work: Callable[..., Any], tasks: Iterable[tuple]) -> Iterator[tuple[tuple, Any]]:
        """Yield each task with what work(*task) returned, or with the exception that it raised, as soon as it is known.

        At no time more tasks are out than the processes can use: a class's files never lie in memory together.
        """
        from distributed import as_completed

        waiting, out = iter(tasks), {}
        running = as_completed(with_results=False)

        def start_another() -> None:
            with contextlib.suppress(StopIteration):
                task = next(waiting)
                future = self._client.submit(work, *task, pure=False)
                out[future.key] = task
                running.add(future)

        for _ in range(AHEAD * self.workers()):
            start_another()
        for future in running:
            task = out.pop(future.key)
            error = future.exception()
            yield task, error if error else future.result()
            start_another()


@contextlib.contextmanager
def local(jobs: int) -> Iterator[Pool]:
    """Give a pool of so many processes on this machine."""
    import dask
    from distributed import Client, LocalCluster

    _quiet()
    with dask.config.set({"distributed.scheduler.allowed-failures": DEATHS - 1}):
        cluster = LocalCluster(
            n_workers=jobs, threads_per_worker=1, memory_limit=0, dashboard_address=None, silence_logs=logging.CRITICAL
        )
        with cluster, Client(cluster) as client:
            yield Pool(client)


@contextlib.contextmanager
def cluster(address: str, require: Callable[[], Any]) -> Iterator[Pool]:
    """Give the pool of a running Dask scheduler. require: must not raise on any of its workers.

    Raises UserError if nobody answers, nobody works there, or a worker cannot do its work.
    """
    from distributed import Client

    _quiet()
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        threads = client.nthreads()
        if not threads:
            raise UserError(f"the scheduler at {address} has no workers: start some, with `dask worker {address}`")
        if max(threads.values()) > 1:  # the grader keeps what it knows of a check in one place for each process
            raise UserError(
                f"a process grades one submission at a time: start workers with `dask worker {address} --nthreads 1`"
            )
        try:
            client.run(require)
        except Exception as error:
            raise UserError(f"a worker of {address} cannot grade: {error}") from None
        yield Pool(client)


def _quiet() -> None:
    for name in ("distributed", "distributed.nanny", "distributed.scheduler", "distributed.worker"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
