"""The name under which the store keeps which message stands in a slot: `Loaded.refs` and `Queue.ref` use it."""


def slot_at(slot: str, address: str) -> str:
    """One message per slot and address, as in `page|slack:D1`."""
    return f"{slot}|{address}"
