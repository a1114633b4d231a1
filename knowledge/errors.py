"""How the index says that it cannot serve. Apart from the app's tree, because knowledge does not know the app."""


class KnowledgeError(Exception):
    """Base of the tree. `message` names the value; `remedy` says what to do about it."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message if remedy is None else f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class EmbedderMissing(KnowledgeError):
    """The embedder that the settings name is not installed, not found or broken."""


class IndexMismatch(KnowledgeError):
    """A clinic's vectors were made by another embedder than the one in use."""


class IndexUnreadable(KnowledgeError):
    """A clinic's vectors cannot be opened, read or written."""
