"""What a server takes in a request. Servers that claim one interface differ, and say so in their own words."""

from dataclasses import dataclass, replace

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
