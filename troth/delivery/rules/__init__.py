"""Pure rules of this room: the words of every message, how it is laid out, and how often it is tried."""

from troth.delivery.rules.letters import LETTERS, Kind, Letter
from troth.delivery.rules.rendering import LINK, Clinic, Rendered, render

__all__ = ["LETTERS", "LINK", "Clinic", "Kind", "Letter", "Rendered", "render"]
