"""What a client calls itself, in a few words for a person's list of sessions."""

from typing import Any

from litestar.connection import ASGIConnection

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""In this order: Edge also says Chrome, and Chrome also says Safari."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def agent_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """`Chrome on Windows`; of a script its name, cut; nothing when the client says nothing."""
    said = connection.headers.get("user-agent", "")
    browser = next((name for mark, name in BROWSERS if f"{mark}/" in said), "")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    if browser and system:
        return f"{browser} on {system}"
    plain = "".join(c for c in said[:40] if c.isprintable())
    return browser or system or plain.partition(" ")[0]
