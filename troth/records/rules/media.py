"""What a file of sound or film is, by its first bytes: what a browser is told of it is ours to say, and never what was sent."""

from troth.records.rules import NotPossible

HEAD = 64  # bytes that are looked at
LARGEST_CALL, LARGEST_CLIP = 50 * 1024 * 1024, 150 * 1024 * 1024


def kind_of_sound(head: bytes, size: int) -> str:
    """
    The media type of a recorded call.

    :raises NotPossible: it is too large, or no sound that every browser plays.
    """
    if size > LARGEST_CALL:
        raise NotPossible("The recording is larger than 50 MB. Send it in parts, or in a smaller format.")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return "audio/mpeg"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    raise NotPossible("That is no recording that we can play. Send it as MP3, M4A, WAV or Ogg.")


def kind_of_film(head: bytes, size: int) -> str:
    """
    The media type of a clip from a camera.

    :raises NotPossible: it is too large, or no film that every browser plays.
    """
    if size > LARGEST_CLIP:
        raise NotPossible("The clip is larger than 150 MB. Cut it to the minutes that matter.")
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm"
    raise NotPossible("That is no clip that we can play. Send it as MP4 or WebM.")
