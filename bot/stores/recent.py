"""The incidents that this process wrote or read last, kept so that an unchanged body is not read twice.

A body is compared whole, so another process's change is never missed; states are frozen, so sharing one is safe.
"""

from collections import OrderedDict

from bot.app.codec import dump_incident, load_incident
from bot.core.incident import Incident

ROOM = 512


class Recent:
    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._known: OrderedDict[bytes, Incident] = OrderedDict()

    def dump(self, incident: Incident) -> bytes:
        body = dump_incident(incident)
        self._keep(body, incident)
        return body

    def load(self, body: bytes) -> Incident:
        known = self._known.get(body)
        incident = load_incident(body) if known is None else known
        self._keep(body, incident)
        return incident

    def _keep(self, body: bytes, incident: Incident) -> None:
        self._known[body] = incident
        self._known.move_to_end(body)
        if len(self._known) > self._room:
            self._known.popitem(last=False)
