"""The loggers that Slack's SDKs are given: at DEBUG they would write down what people said."""

import logging


def sdk_logger(name: str) -> logging.Logger:
    """A logger that never goes below WARNING, whatever the process has set for the rest."""
    logger = logging.getLogger(f"bot.platforms.slack.sdk.{name}")
    logger.setLevel(logging.WARNING)
    return logger
