"""The replica of the four portals: a proxy on 127.0.0.1 that answers in their names.

    python -m gongkai.replica.server --port 8100
    curl -x http://127.0.0.1:8100 http://www.pingluo.gov.cn/

Tests use it as a context manager: `with Replica() as replica: crawl(proxy=replica.url)`.
"""

from __future__ import annotations

import argparse
import sys
import threading
from functools import partial
from types import TracebackType

from gongkai import interrupts
from gongkai.replica.faults import Faults
from gongkai.replica.pages import Pages
from gongkai.replica.portal import all_pages
from gongkai.replica.transport import Transport, answer


class Replica:
    """A running replica in a thread of its own.

    `url` is the proxy's address, `requests` what was asked so far as (method, address, status),
    `pages` what is served: change it with `pages.edit`, `pages.put` and `pages.remove`; `faults`
    what goes wrong on the way.
    """

    def __init__(self, port: int = 0, pages: Pages | None = None) -> None:
        self.pages = pages or Pages(all_pages())
        self.faults = Faults(partial(answer, self.pages))
        self._transport = Transport(self.faults, port)
        self._thread = threading.Thread(
            target=self._transport.serve_forever, kwargs={"poll_interval": 0.05}, name="replica"
        )

    @property
    def url(self) -> str:
        """The proxy's address, without a slash at the end."""
        return f"http://127.0.0.1:{self._transport.server_port}"

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """What was asked and answered so far; `.clear()` it between two nights."""
        return self._transport.requests

    def asked(self, host: str = "") -> list[str]:
        """Return the addresses asked for so far, of one host only where one is named."""
        return [url for _, url, _ in self.requests if host in url]

    def __enter__(self) -> Replica:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transport.stop()
        self._thread.join()


def main() -> int:
    """Serve until interrupted; the first line printed is the address."""
    parser = argparse.ArgumentParser(description="Serve the replica of the four portals.")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--faults", type=float, default=0.0, metavar="RATE", help="share of answers that go wrong"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    given = parser.parse_args()
    port: int = given.port
    try:
        replica = Replica(port)
        if given.faults:
            replica.faults.storm(given.faults, given.seed)
    except OSError as problem:
        print(f"cannot listen on port {port}: {problem.strerror}", file=sys.stderr)
        return 2
    with replica:
        print(replica.url, flush=True)
        for host in replica.pages.hosts():
            print(f"  http://www.{host}/", flush=True)
        try:
            interrupts.hear()
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
