"""One contestant in a process of its own: it does what it is asked, a line of JSON each way."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import threading
import time
from typing import Any

from bench.peers.adapters import peer_class
from bench.peers.program import CannotError


class Server:
    """Answers the runner."""

    def __init__(self, contestant: str, module: str, answers: int) -> None:
        self._contestant, self._module = contestant, module
        self._answers = answers
        self._work: Any = None

    def begin(self) -> None:
        """Import the library, and make ready for the task."""
        module = importlib.import_module(f"bench.peers.tasks.{self._module}")
        self._work = module.Work(peer_class(self._contestant)())

    def beat(self) -> None:
        """From now on tell the runner all the time that this interpreter lives."""
        threading.Thread(target=self._beat, daemon=True).start()

    def _beat(self) -> None:
        while True:
            self._send({"beat": True})
            time.sleep(0.01)

    def _send(self, message: dict[str, Any]) -> None:
        os.write(self._answers, json.dumps(message).encode() + b"\n")

    def answer(self, do: str, arguments: list[Any]) -> None:
        """Do one thing and send what came of it."""
        gc.collect()
        gc.disable()  # as `bench.pairing` does
        try:
            message = {"answer": getattr(self if do in {"begin", "beat"} else self._work, do)(*arguments)}
        except CannotError as error:
            message = {"cannot": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever a library raises is its outcome
            message = {"failed": f"{type(error).__name__}: {error}"[:500]}
        finally:
            gc.enable()
        self._send(message)

    def close(self) -> None:
        """End what the library has started."""
        if self._work is not None:
            self._work.peer.close()


def main() -> None:
    """Serve the contestant and the task that the command line names."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not come between the answers
    contestant, task = sys.argv[1:]
    server = Server(contestant, task, answers)
    for line in sys.stdin:
        request = json.loads(line)
        server.answer(request["do"], request["with"])
    server.close()


if __name__ == "__main__":
    main()
