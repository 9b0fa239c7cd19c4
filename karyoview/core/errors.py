"""The one family of errors that is shown to a person."""

from __future__ import annotations


class KaryoViewError(Exception):
    """Something a person can act on: the message is one sentence with what, where and what to do.

    Every package raises a subclass of this for bad input; anything else that escapes is a defect.
    """
