"""Takes a request's body, but never more of it than a door can use: whoever knocks may send without end."""

from starlette.requests import Request


async def body_of(request: Request, most: int) -> bytes | None:
    """The whole body; None as soon as it is longer than `most` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            return None
        parts.append(part)
    return b"".join(parts)
