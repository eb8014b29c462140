"""
Uploads are sealed as they arrive: Django's own handlers keep them in memory or in the clear in a temporary folder before
any view knows whose they are (pitfalls B2). Here each piece goes into a sealed file under a key of its own; the view keeps
it by putting `file.stored` into the sealed file field of a row, and what no view keeps is removed with the request.
"""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from troth.vault import files

LARGEST = 200 * 1024 * 1024  # bytes


class SealedUpload(UploadedFile):
    """An upload that lies sealed. `stored` is what the row keeps; `chunks` opens it again, for whoever must check it."""

    def __init__(self, stored: files.StoredFile, media_type: str, charset: str | None) -> None:
        super().__init__(None, stored.name, media_type, stored.size, charset)
        self.stored = stored
        self.kept = False

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the content, opened piece by piece."""
        return self.stored.read()

    def read(self, *_: object) -> bytes:
        """The whole content. Only for files that are known to be small."""
        return b"".join(self.stored.read())

    def close(self) -> None:
        """Remove what no row has kept."""
        if not self.kept:
            files.destroy(self.stored.place)


class SealingUploadHandler(FileUploadHandler):
    """The only upload handler of a deployment (settings.FILE_UPLOAD_HANDLERS)."""

    chunk_size = files.CHUNK

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.writer = files.SealingWriter()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST:
            self.writer.abandon()
            raise StopUpload(connection_reset=False)
        self.writer.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        stored = self.writer.finish(name=self.file_name or "", media_type=self.content_type or "")
        return SealedUpload(stored, self.content_type or "", self.charset)

    def upload_interrupted(self) -> None:
        writer = getattr(self, "writer", None)
        if writer is not None:
            writer.abandon()
