"""A request that the proxy keeps back, and delivers when the trial says so."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

from trials.proxy_frames import LENGTH_BYTES, Request

Result = TypeVar("Result")


class HeldRequest:
    """The next request of a kind, kept back: the broker sees it when it is released.

    What its connection sends after it waits behind it, as TCP would have it; other connections
    go on. Made by `Proxy.hold`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, api_key: int, containing: bytes) -> None:
        self._api_key = api_key
        self._containing = containing
        self._loop = loop
        self._caught: Future[Request] = Future()
        self._answer: Future[bytes] = Future()
        self._let_go, self._over = asyncio.Event(), asyncio.Event()
        self._cut: Callable[[], None] = lambda: None

    @property
    def caught(self) -> bool:
        """Whether it has come."""
        return self._caught.done()

    def wait(self, timeout_seconds: float) -> Request:
        """Wait until it has come.

        Raises:
            TimeoutError: No such request has come.
        """
        return _result(self._caught, timeout_seconds, "no such request came")

    def cut(self) -> None:
        """Reset its connection at the client's end, once it has come; the broker's end stays."""
        self._loop.call_soon_threadsafe(lambda: self._cut())  # noqa: PLW0108 - it is set later

    def release(self) -> None:
        """Deliver it, also when its client is long gone."""
        self._loop.call_soon_threadsafe(self._let_go.set)

    def answer(self, timeout_seconds: float) -> bytes:
        """Wait for the broker's answer and return it, from its correlation id on.

        Raises:
            TimeoutError: The broker has not answered.
            ConnectionError: The connection to the broker ended before.
        """
        return _result(self._answer, timeout_seconds, "the broker did not answer it")

    # What follows is for the connection that carries it, in the proxy's thread.

    def may_be(self, request: Request) -> bool:
        """Tell whether `request` may be it, as far as its first bytes tell."""
        return not self.caught and request.api_key == self._api_key

    def is_it(self, request: Request, frame: bytes) -> bool:
        """Tell whether `request`, whose bytes are `frame`, is it."""
        return self.may_be(request) and self._containing in frame

    async def keep(self, request: Request, cut: Callable[[], None]) -> None:
        """Return when it is to be delivered."""
        self._cut = cut
        self._caught.set_result(request)
        await self._let_go.wait()

    def expects(self, correlation_id: int) -> bool:
        """Tell whether an answer in its connection is the answer to it."""
        return self._caught.result().correlation_id == correlation_id

    def tell_answer(self, frame: bytes) -> None:
        """Take the broker's answer."""
        if not self._answer.done():
            self._answer.set_result(frame[LENGTH_BYTES:])
            self._over.set()

    def tell_loss(self) -> None:
        """Take notice that no answer can come any more."""
        if not self._answer.done():
            self._answer.set_exception(ConnectionError("the connection to the broker ended"))
            self._over.set()

    async def is_answered(self) -> None:
        """Return when the answer has come, or cannot come any more."""
        await self._over.wait()


def _result(future: Future[Result], timeout_seconds: float, otherwise: str) -> Result:
    try:
        return future.result(timeout_seconds)
    except FutureTimeoutError:
        raise TimeoutError(f"{otherwise} within {timeout_seconds:g} s") from None
