"""The loggers that Slack's SDKs are given: they would write down what people said, and one-time tickets."""

import logging
import re

_TICKET = re.compile(r"(ticket=)[^&'\"\s]+")


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """A failed connection is logged with an address that lets its bearer in, and again in the trace."""
        record.msg, record.args = _TICKET.sub(r"\1…", record.getMessage()), None
        record.exc_info = None
        return True


_DISCREET = _Discreet()


def sdk_logger(name: str) -> logging.Logger:
    """A logger that never goes below WARNING: at DEBUG the SDKs log every body."""
    logger = logging.getLogger(f"slack_sdk.mamori.{name}")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_DISCREET)
    return logger
