"""What a server takes in a request, and how that is learned. Servers that claim one interface differ, and say so in
their own words."""

from dataclasses import dataclass, field, replace

from app.llm.forms import FORMS

_OF_FORMS = ("response_format", "json_schema", "json_object", "tool")


@dataclass(frozen=True, slots=True)
class Taken:
    """What the server takes, as far as it is known."""

    form: int = 0
    """In FORMS: what is before it does not work here."""
    repeat_penalty: bool = True
    """llama-cpp-python needs it: its default of 1.1 changes digits that should be copied."""
    usage_in_stream: bool = True
    temperature: bool = True
    newer_limit: bool = False
    """`max_completion_tokens` instead of `max_tokens`."""

    def without(self, text: str, *, streamed: bool, schema: bool) -> "Taken | None":
        """What to try after a request was refused with `text`; None: nothing is left."""
        named: list[tuple[str, bool, Taken]] = [
            ("max_completion_tokens", not self.newer_limit, replace(self, newer_limit=True)),
            ("stream_options", streamed and self.usage_in_stream, replace(self, usage_in_stream=False)),
            ("repeat_penalty", self.repeat_penalty, replace(self, repeat_penalty=False)),
            ("temperature", self.temperature, replace(self, temperature=False)),
        ]
        for name, possible, other in named:
            if possible and name in text:
                return other
        next_form = replace(self, form=self.form + 1) if schema and self.form + 1 < len(FORMS) else None
        if next_form and any(name in text for name in _OF_FORMS):
            return next_form
        if self.repeat_penalty:  # the likeliest, when the server does not say
            return replace(self, repeat_penalty=False)
        if next_form:
            return next_form
        return replace(self, usage_in_stream=False) if streamed and self.usage_in_stream else None


_TWICE = 2
"""Once may have been chance."""


@dataclass(slots=True)
class Learned:
    """What is known of one server. Safe to use from many threads: it is one value that is replaced."""

    taken: Taken = field(default_factory=Taken)
    _broke: int = 0
    _unread: int = 0

    def works(self, taken: Taken, *, broke: bool = False) -> None:
        """The server took a request of this kind; `broke`: after it broke over the form before."""
        self._broke = self._broke + 1 if broke else 0
        if not broke or self._broke >= _TWICE:
            self.taken = taken

    def read(self) -> None:
        """Its reply could be read."""
        self._unread = 0

    def not_read(self, taken: Taken, *, json_found: bool) -> None:
        """Its reply to a request of this kind was not what was asked for. A server that answers in plain words twice
        running ignores the form: the next one is used from then on."""
        self._unread = 0 if json_found else self._unread + 1
        if self._unread >= _TWICE and taken.form + 1 < len(FORMS):
            self.taken, self._unread = replace(taken, form=taken.form + 1), 0
