"""One connection through the proxy, and the requests in it that a trial holds back."""

import asyncio
from collections.abc import Sequence

from trials.proxy_frames import Answer, Frames, Request
from trials.proxy_hold import HeldRequest
from trials.proxy_stream import Conditions, Stream, reset

End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Connection:
    """A client's connection to the proxy, and the proxy's to the broker for it.

    Args:
        client: The client's end.
        broker: The broker's end.
        conditions: Of the direction to the broker, and of the one to the client.
        holds: The requests that trials wait for; looked at with each request.
    """

    def __init__(
        self,
        client: End,
        broker: End,
        conditions: tuple[Conditions, Conditions],
        holds: Sequence[HeldRequest],
    ) -> None:
        self._client, self._broker = client[1], broker[1]
        self.to_broker = Stream(client[0], broker[1], conditions[0])
        self.to_client = Stream(broker[0], client[1], conditions[1])
        self._holds = holds
        self._held: list[HeldRequest] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Carry bytes until both sides have ended, or it is reset."""
        self._task = asyncio.current_task()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.to_broker.take())
                tasks.create_task(self.to_client.take())
                tasks.create_task(self._carry_requests())
                tasks.create_task(self._carry_answers())
        except asyncio.CancelledError:
            pass  # It was reset, or the proxy is closing.
        finally:
            self._tell_loss()
            self._client.close()
            self._broker.close()

    def reset(self) -> None:
        """End it at both sides at once, with all that is on the way."""
        reset(self._client)
        reset(self._broker)
        if self._task:
            self._task.cancel()

    async def _carry_requests(self) -> None:
        frames = Frames(requests=True)
        wanted: Request | None = None
        whole = b""
        async for chunk in self.to_broker.arriving():
            for piece in frames.cut(chunk):
                if isinstance(piece.begins, Request) and self._may_be_held(piece.begins):
                    wanted, whole = piece.begins, b""
                if wanted is None:
                    await self.to_broker.write(piece.data)
                    continue
                whole += piece.data
                if piece.ends:
                    await self._hold(wanted, whole)
                    wanted = None
        self.to_broker.end()

    def _may_be_held(self, request: Request) -> bool:
        return any(held.may_be(request) for held in self._holds)

    async def _hold(self, request: Request, frame: bytes) -> None:
        held = next((held for held in self._holds if held.is_it(request, frame)), None)
        if held is None:
            await self.to_broker.write(frame)
            return
        self._held.append(held)
        await held.keep(request, lambda: reset(self._client))
        await self.to_broker.write(frame)
        # The broker is to see the request before it sees that the client has gone.
        await held.is_answered()

    async def _carry_answers(self) -> None:
        frames = Frames(requests=False)
        expected: list[HeldRequest] = []
        whole = b""
        async for chunk in self.to_client.arriving():
            for piece in frames.cut(chunk):
                if isinstance(piece.begins, Answer):
                    number, whole = piece.begins.correlation_id, b""
                    expected = [held for held in self._held if held.expects(number)]
                if expected:
                    whole += piece.data
                if piece.ends:
                    for held in expected:
                        held.tell_answer(whole)
                await self.to_client.write(piece.data)
        self._tell_loss()
        self.to_client.end()

    def _tell_loss(self) -> None:
        for held in self._held:
            held.tell_loss()
