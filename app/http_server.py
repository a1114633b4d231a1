"""HttpServer: uvicorn's, which at its end answers everybody who had reached the door."""

import asyncio
import socket
import threading
from types import FrameType

import uvicorn

from app.closing_door import ARRIVAL_S, queued, turn_away
from app.llm.guests import Guests

FIRST_REQUEST_S = 1.0
"""How long a connection on which nothing was asked yet keeps the server, once it is to stop."""


class HttpServer(uvicorn.Server):
    """uvicorn closes its port with callers still in the system's queue, and new connections before their request was
    read: both then get a reset instead of an answer. Here they are let in and heard first."""

    def __init__(self, config: uvicorn.Config, guests: Guests | None) -> None:
        super().__init__(config)
        self._guests = guests

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Whoever waits for the model's words gets the desk's own at once; on a thread of its own, since a signal may
        come while this one holds a lock."""
        if self._guests is not None:
            threading.Thread(target=self._guests.stop, name="stop-model", daemon=True).start()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the port, then waits for those who were at it, at most FIRST_REQUEST_S for their first request."""
        for connection in await self._closed(sockets or []):
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        deadline = asyncio.get_running_loop().time() + FIRST_REQUEST_S
        while self._unheard() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    async def _closed(self, listeners: list[socket.socket]) -> list[socket.socket]:
        """The connections that were in the queues of `listeners`, which take no more."""
        doubles = [listener.dup() for listener in listeners]  # a queue is reset when its last descriptor closes
        for server in self.servers:
            server.close()
        for double in doubles:
            turn_away(double)
        await asyncio.sleep(ARRIVAL_S)
        connections = [connection for double in doubles for connection in queued(double)]
        for double in doubles:
            double.close()
        return connections

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes them at its start, where they cannot be had from."""
        kind = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]

    def _unheard(self) -> bool:
        return any(getattr(connection, "cycle", None) is None for connection in self.server_state.connections)
