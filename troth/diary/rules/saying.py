"""How a visit is said to whoever comes: in words, and as a file for a calendar. Neither says what for."""

from datetime import UTC, datetime
from uuid import UUID


def calendar_of(visit: UUID, starts_at: datetime, ends_at: datetime, *, cancelled: bool, at: datetime) -> str:
    """
    The visit as a calendar file (RFC 5545): when, and nothing of what for, with whom or where. Calendars are shared and shown on
    screens. The same visit keeps its number, so a file that comes later moves the entry or takes it out.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Troth//Diary//EN",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{visit}",
        f"SEQUENCE:{int(at.timestamp()) // 60}",
        f"DTSTAMP:{_stamp(at)}",
        f"DTSTART:{_stamp(starts_at)}",
        f"DTEND:{_stamp(ends_at)}",
        "SUMMARY:Appointment",
        "CLASS:PRIVATE",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in lines)


def feed_of(stretches: list[tuple[UUID, datetime, datetime]], *, at: datetime) -> str:
    """A calendar that says when somebody is taken, and nothing of anybody."""
    events = [
        line
        for key, starts, ends in stretches
        for line in (
            "BEGIN:VEVENT",
            f"UID:{key}",
            f"DTSTAMP:{_stamp(at)}",
            f"DTSTART:{_stamp(starts)}",
            f"DTEND:{_stamp(ends)}",
            "SUMMARY:Visit",
            "CLASS:PRIVATE",
            "END:VEVENT",
        )
    ]
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Troth//Diary//EN", *events, "END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
