"""The real app behind the real HTTP server on loopback, in this process, so that a test can fill its database."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from app.asgi import create_app
from app.bootstrap import Running
from app.desk import Desk
from tests.cast import test_settings
from tests.server import wait_for


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Desk]]:
    """(address, desk). Its worker rests: nothing is sent, and no paper is read."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(test_settings(folder, rate_limits="off", public_url=url))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, proxy_headers=False, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="fuzzed", daemon=True)
        thread.start()
        try:
            wait_for("the server", lambda: server.started)
            assert httpx.get(f"{url}/healthz").status_code == 200
            running: Running = app.state["running"]
            running.worker.stop()
            yield url, running.desk
        finally:
            server.should_exit = True
            thread.join(120)
