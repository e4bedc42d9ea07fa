"""A request's `now`: the clock that an SDK sees while it judges what was signed long ago."""

import sys
import time
from contextlib import contextmanager
from datetime import datetime, timezone


@contextmanager
def at(seconds):
    """Replaces the clock in every module that has taken it, also in those that took it by name."""
    if seconds is None:
        yield
        return

    class Frozen(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(seconds, tz)

        @classmethod
        def utcnow(cls):
            return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)

    fakes = {id(time.time): lambda: float(seconds), id(datetime): Frozen}
    replaced = [
        (module, name, value)
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").partition(".")[0] not in ("py", "threading", "logging")
        for name, value in list(getattr(module, "__dict__", {}).items())
        if id(value) in fakes
    ]
    for module, name, value in replaced:
        setattr(module, name, fakes[id(value)])
    try:
        yield
    finally:
        for module, name, value in replaced:
            setattr(module, name, value)
