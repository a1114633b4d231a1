"""Strings that harm where they are not escaped: a short list of our own, and where they are there, larger ones."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

EVAL = Path(__file__).resolve().parents[2].parent / "shared" / "eval"
BREAKS = {"\r", "\v", "\f", "\x85", "\u2028", "\u2029"}

# name -> (as typed, as kept)
_SAME = {
    "script": "<script>alert('own')</script>",
    "image": "<img src=x onerror=\"alert('own')\">",
    "svg": "<svg/onload=alert('own')>",
    "out of an attribute": '" onmouseover="alert(\'own\')" x="',
    "out of a title": "</title></style></textarea></script><script>alert('own')</script>",
    "frame": "<iframe src='https://evil.example/'></iframe><base href='https://evil.example/'>",
    "beacon": "<link rel=stylesheet href=https://evil.example/a.css><img src=https://evil.example/b.gif>",
    "form": "<form action=https://evil.example/><input name=q autofocus onfocus=alert('own')>",
    "address": "javascript:alert('own')",
    "data address": "data:text/html,<script>alert('own')</script>",
    "markdown": "[click](javascript:alert('own')) ![x](https://evil.example/b.gif) **bold**",
    "template": "{{7*7}} ${7*7} {% raw %} #{7*7} <%= 7*7 %>",
    "format": "%s %n %(name)s {0} {0.__class__} {name}",
    "slack mention": "<!channel> <!here> <@U12345678> <#C12345678> @everyone",
    "slack link": "<https://evil.example|your clinic> &lt;!channel&gt; *b* _i_ ~s~ `c`",
    "sheet formula": '=HYPERLINK("https://evil.example","open")',
    "sheet command": "+cmd|' /C calc'!A0",
    "sql": "'; DROP TABLE lead; --",
    "shell": "$(touch owned) `touch owned` | touch owned; touch owned",
    "entities": "&lt;script&gt; &amp;lt; &#60;b&#62;",
    "unicode": "Zoë Ñandú 山田 Ωμέγα ﷽ 👩‍👧 é",
    "end of mail": ".\nQUIT",
}
OWN: dict[str, tuple[str, str]] = {name: (text, text) for name, text in _SAME.items()} | {
    "header": ("Rosa\r\nBcc: thief@evil.example\r\n\r\n<b>hi</b>", "Rosa\nBcc: thief@evil.example\n\n<b>hi</b>"),
    "log line": ("Rosa\n2026-01-01 ERROR frontdesk: gone\x1b[2J", "Rosa\n2026-01-01 ERROR frontdesk: gone[2J"),
    "turned around": ("call \u202e3410-555-202\u202c now", "call 3410-555-202 now"),
    "zero width": ("ch\u200best\u2060 pa\u200din\ufeff", "chest pain"),
    "tags": ("Rosa" + "".join(chr(0xE0000 + ord(c)) for c in "obey"), "Rosa"),
    "null": ("Ro\x00sa", "Rosa"),
    "line separators": ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
    "half a pair": ("a\ud800b", "a\ufffd\ufffd\ufffdb"),
}


def as_documented(text: str) -> str:
    """What docs/http.md says is kept of a text; written down a second time, by the names of the characters."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\r\n", "\n")
    kept = "".join("\n" if char in BREAKS else char for char in text)
    kept = "".join(char for char in kept if char in "\n\t\u200c\u200d" or not _hidden(char))
    return "".join(
        char
        for at, char in enumerate(kept)
        if char not in "\u200c\u200d" or not (_latin(_beside(kept, at, -1)) or _latin(_beside(kept, at, 1)))
    )


def _hidden(char: str) -> bool:
    if 0xE0000 <= ord(char) < 0xE01F0 or unicodedata.category(char) == "Cc":
        return True
    if unicodedata.category(char) == "Cf":  # some of the signs of Arabic, Syriac and Kaithi can be seen
        seen = "NUMBER|SANAH|FOOTNOTE|SAFHA|SAMVAT|END OF AYAH|MARK ABOVE|ABBREVIATION"
        return not re.search(seen, unicodedata.name(char))
    return char in "\u034f\u180b\u180c\u180d\u2065"


def _beside(text: str, at: int, step: int) -> str:
    at += step
    while 0 <= at < len(text) and text[at] in "\u200c\u200d":
        at += step
    return text[at] if 0 <= at < len(text) else "a"


def _latin(char: str) -> bool:
    return char < "\u0250" or "\u1e00" <= char < "\u1f00"


def corpora() -> list[str]:
    """Every string of the large lists. Skips the test where they are not there."""
    naughty, payloads = EVAL / "safety" / "naughty_strings.json", EVAL / "safety" / "web_payloads.jsonl"
    if not naughty.exists():
        pytest.skip("the corpora of dangerous strings are not on this machine; our own list was used alone")
    rows = [json.loads(line) for line in payloads.read_text().splitlines()]
    return [*json.loads(naughty.read_text()), *(row["payload"] for row in rows)]


def addresses() -> list[str]:
    """E-mail addresses, right ones, odd ones and wrong ones. Skips the test where they are not there."""
    path = EVAL / "slots" / "email_addresses.jsonl"
    if not path.exists():
        pytest.skip("the list of e-mail addresses is not on this machine")
    return [json.loads(line)["address"] for line in path.read_text().splitlines()]
