"""What the chunkers take of LlamaIndex, without the rest: its package imports all of itself, agents, retrievers and
language models, which was half of the time in which the parser process starts."""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

import llama_index

_PACKAGE = "llama_index.core"


class _Unopened(ModuleType):
    """The package before its own code has run: its submodules are there, the rest comes when it is asked for."""

    __spec__: ModuleSpec
    global_handler = None
    """Each document's callbacks ask for it; the package begins with the same."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]  # so that this happens once
        assert self.__spec__.loader is not None
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def _leave_unopened() -> None:
    spec = PathFinder.find_spec(_PACKAGE, llama_index.__path__)
    if _PACKAGE not in sys.modules and spec is not None:
        package = module_from_spec(spec)
        package.__class__ = _Unopened
        sys.modules[_PACKAGE] = package
        llama_index.core = package  # as an import would; its own code asks `import llama_index.core` for names


_leave_unopened()
from llama_index.core.callbacks import CallbackManager  # noqa: E402
from llama_index.core.callbacks.base_handler import BaseCallbackHandler  # noqa: E402
from llama_index.core.node_parser import NodeParser, SentenceSplitter  # noqa: E402
from llama_index.core.schema import BaseNode, Document, TextNode  # noqa: E402


class _Nobody(BaseCallbackHandler):
    """Listens to nothing."""

    def on_event_start(self, *_: Any, **told: Any) -> str:
        return str(told.get("event_id", ""))

    def on_event_end(self, *_: Any, **__: Any) -> None: ...

    def start_trace(self, *_: Any, **__: Any) -> None: ...

    def end_trace(self, *_: Any, **__: Any) -> None: ...


UNHEARD = CallbackManager([_Nobody([], [])])
"""For every parser: one that is given no listener opens the whole package to look for some."""

__all__ = ["UNHEARD", "BaseNode", "Document", "NodeParser", "SentenceSplitter", "TextNode"]
