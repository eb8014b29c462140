"""Line icons on a 24 grid. They are hidden from assistive technology, since a word always stands beside them."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_PATHS: dict[str, str] = {
    "check": '<path d="M4.5 12.8 9.6 18 19.5 6.6"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "warning": '<path d="M12 3.6 21.4 20H2.6Z"/><path d="M12 9.6v5M12 17.1v.3"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.6M12 7.4v.3"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.6V12l3.6 2.4"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M9.8 8.6v6.8M14.2 8.6v6.8"/>',
    "lock": '<path d="M5.4 10.6h13.2v9.6H5.4z"/><path d="M8.2 10.4V7.6a3.8 3.8 0 0 1 7.6 0v2.8"/>',
    "download": '<path d="M12 3.6v11.6M7 10.4l5 5 5-5M4.4 20.2h15.2"/>',
    "search": '<circle cx="10.6" cy="10.6" r="6.4"/><path d="m15.4 15.4 5.2 5.2"/>',
    "phone": '<path d="M6.2 3.4 9 3.9l1.2 4.4-2.4 1.9a13 13 0 0 0 6 6l1.9-2.4 4.4 1.2.5 2.8c-.4 1.9-1.7 2.9-3.6 2.8'
    'C9.6 19.9 4.1 14.4 3.4 7c-.1-1.9.9-3.2 2.8-3.6Z"/>',
    "person": '<circle cx="12" cy="7.8" r="4.1"/><path d="M4.2 20.6c.5-4.6 3.6-7 7.8-7s7.3 2.4 7.8 7"/>',
    "changed": '<path d="M4 8.6h14.4M14.6 4.6l4 4-4 4M20 15.6H5.6M9.4 11.8l-4 3.8 4 4"/>',
    "down": '<path d="m6 9.6 6 6 6-6"/>',
    "up": '<path d="m6 14.6 6-6 6 6"/>',
    "left": '<path d="m14.6 5.6-6.4 6.4 6.4 6.4"/>',
    "right": '<path d="m9.4 5.6 6.4 6.4-6.4 6.4"/>',
    "pencil": '<path d="m4.6 19.4.9-4.2L16 4.6l3.4 3.4L8.8 18.5Z"/>',
}


@lru_cache(maxsize=128)
def icon_svg(name: str, size: int = 20) -> SafeString:
    """
    This will draw an icon in the colour of the text around it.

    :raises ValueError: there is no such icon.
    """
    if name not in _PATHS:
        raise ValueError(f"There is no icon “{name}”; there are {', '.join(sorted(_PATHS))}.")
    return format_html(
        '<svg class="icon icon-{}" width="{}" height="{}" viewBox="0 0 24 24" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        name,
        size,
        size,
        mark_safe(_PATHS[name]),  # noqa: S308
    )
