"""A progress bar for commands that work through files; silent when the output is JSON or not a terminal."""

import sys
from typing import Any, Self


class Progress:
    """Use as a context manager; `report` takes {"file", "number", "files", "done", "total"}."""

    def __init__(self, quiet: bool) -> None:
        self._bar: Any = None
        self._task: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.fields[place]}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def report(self, fact: dict[str, Any]) -> None:
        """Shows where the work stands."""
        if self._bar is None or "file" not in fact:
            return
        place = f"{fact['number'] + 1}/{fact['files']}"
        if self._task is None:
            self._task = self._bar.add_task(fact["file"], total=None, place=place)
        self._bar.update(
            self._task, description=fact["file"], place=place, completed=fact["done"], total=fact["total"] or None
        )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
