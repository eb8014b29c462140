"""Sealed files: streamed both ways, in ranges, and damage refused wherever it is."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.vault import files
from troth.vault.errors import Damaged

CHUNK = files.CHUNK


def stored(content: bytes, piece: int = 10_000) -> files.StoredFile:
    return files.store(
        (content[n : n + piece] for n in range(0, len(content), piece)), name="scan.pdf", media_type="application/pdf"
    )


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_content_of_any_size_comes_back_and_is_not_on_disk(size: int) -> None:
    content = (b"PLANTED-7f3a " * (size // 13 + 1))[:size]
    kept = stored(content)
    assert b"".join(kept.read()) == content
    assert kept.size == size
    assert b"PLANTED" not in files.path_of(kept.place).read_bytes()
    assert oct(files.path_of(kept.place).stat().st_mode)[-3:] == "600"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3 * CHUNK), st.integers(0, 3 * CHUNK))
def test_any_range_is_what_a_slice_would_give(start: int, end: int) -> None:
    global _kept
    try:
        content, kept = _kept
    except NameError:
        content = os.urandom(2 * CHUNK + 999)
        _kept = content, kept = (content, stored(content))
    assert b"".join(kept.read(start, end)) == content[start:end]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _cut_a_chunk(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: -(CHUNK + 16)])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _swap(path: Path) -> None:
    content = path.read_bytes()
    head, step = len(files.MAGIC), CHUNK + 16
    first, second = content[head : head + step], content[head + step : head + 2 * step]
    path.write_bytes(content[:head] + second + first + content[head + 2 * step :])


def _repeat(path: Path) -> None:
    content = path.read_bytes()
    head, step = len(files.MAGIC), CHUNK + 16
    path.write_bytes(content[: head + step] + content[head : head + step] + content[head + 2 * step :])


def _lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _header(path: Path) -> None:
    path.write_bytes(b"X" + path.read_bytes()[1:])


@pytest.mark.parametrize("damage", [_truncate, _cut_a_chunk, _flip, _swap, _repeat, _lengthen, _header, Path.unlink])
def test_damage_is_an_error(damage) -> None:
    kept = stored(os.urandom(3 * CHUNK))
    damage(files.path_of(kept.place))
    with pytest.raises(Damaged, match="backup"):
        list(kept.read())


def test_another_files_ciphertext_does_not_open() -> None:
    one, two = stored(b"a" * 100), stored(b"b" * 100)
    files.path_of(one.place).write_bytes(files.path_of(two.place).read_bytes())
    with pytest.raises(Damaged):
        list(one.read())


def test_what_is_not_finished_leaves_nothing() -> None:
    def breaking():
        yield b"x" * (2 * CHUNK)
        raise OSError("the line broke")

    before = set((files.path_of("00").parents[1]).rglob("*")) if files.path_of("00").parents[1].exists() else set()
    with pytest.raises(OSError):
        files.store(breaking(), name="x", media_type="")
    after = {path for path in files.path_of("00").parents[1].rglob("*") if path.is_file()}
    assert after <= before


def test_an_upload_is_sealed_as_it_arrives_and_removed_unless_kept(client, settings) -> None:
    from django.core.files.uploadhandler import StopUpload
    from django.test import RequestFactory

    from troth.vault.uploads import SealedUpload, SealingUploadHandler

    big = os.urandom(3_000_000)
    from io import BytesIO

    part = BytesIO(big)
    part.name = "My passport.jpg"
    request = RequestFactory().post("/", {"scan": part})
    request.upload_handlers = [SealingUploadHandler(request)]
    upload = request.FILES["scan"]
    assert isinstance(upload, SealedUpload)
    assert upload.read() == big
    path = files.path_of(upload.stored.place)
    assert path.exists()
    assert big[:64] not in path.read_bytes()
    upload.close()
    assert not path.exists()
    assert StopUpload


@contextmanager
def disk_takes(size: int) -> Iterator[None]:
    """The system refuses every byte of a file past `size`, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("size", "room"), [(100, 50), (100, 0), (2 * CHUNK, CHUNK), (3 * CHUNK, 10)])
def test_a_full_disk_leaves_nothing_of_a_file(size: int, room: int) -> None:
    def lying() -> set[Path]:
        return {path for path in files.path_of("0" * 32).parent.parent.rglob("*") if path.is_file()}

    before = lying()
    with disk_takes(room), pytest.raises(OSError, match="File too large"):
        stored(b"x" * size)
    assert lying() == before
    writer = files.SealingWriter()
    with disk_takes(room), pytest.raises(OSError, match="File too large"):
        for _ in range(0, size, 50):
            writer.write(b"x" * 50)
        writer.finish(name="a", media_type="text/plain")
    writer.abandon()
    assert lying() == before
    assert b"".join(stored(b"x" * size).read()) == b"x" * size
