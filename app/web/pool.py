"""A bounded thread pool of our own for use cases: the framework's default has cpu + 4 threads, which streams fill."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Runs plain functions off the event loop: `await pool(function, argument, ...)`. Each runs within `around`, from
    when it waits for a thread."""

    def __init__(self, around: Callable[[], AbstractContextManager[object]] = nullcontext, threads: int = 64) -> None:
        self._around = around
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="use-case")

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result."""
        with self._around():
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Waits for what is running."""
        self._threads.shutdown(wait=True, cancel_futures=True)
