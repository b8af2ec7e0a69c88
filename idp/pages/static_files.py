"""Style, script, fonts and pictures: an address that changes with the content, so browsers may keep them for a year.

The address carries one hash over the whole folder, which makes the relative addresses inside the CSS change with it. An
address of another release (two nodes in the middle of an upgrade) still answers, but is not kept.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flask import Response, abort, request

YEAR_SECONDS = 31_536_000
COMPRESSED = frozenset({".css", ".js", ".svg"})
TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class StaticFiles:
    """Serves the files below `folder`, and nothing else of the disk: what was not there at start does not exist."""

    folder: Path
    hashes: dict[str, str] = field(init=False)
    """SHA-256 of each file, by its path below the folder."""
    version: str = field(init=False)
    """Hash over the whole folder, for the address."""

    def __post_init__(self) -> None:
        hashes = {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }
        object.__setattr__(self, "hashes", hashes)
        whole = hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in hashes.items()).encode())
        object.__setattr__(self, "version", whole.hexdigest()[:12])

    def address(self, name: str) -> str:
        """Return the address of a file; a name that is not there is a fault of the template."""
        if name not in self.hashes:
            raise LookupError(f"static/{name} does not exist")
        return f"/static/{self.version}/{name}"

    def serve(self, version: str, name: str) -> Response:
        """Answer `/static/<version>/<name>`, with 304 when the browser has it."""
        digest = self.hashes.get(name) or abort(404)
        suffix = Path(name).suffix
        small = suffix in COMPRESSED and request.accept_encodings.quality("gzip") > 0
        answer = Response(_content(self.folder / name, compressed=small), content_type=_content_type(name))
        if small:
            answer.headers["Content-Encoding"] = "gzip"
        if suffix in COMPRESSED:
            answer.headers["Vary"] = "Accept-Encoding"
        answer.set_etag(f"{digest[:32]}-gz" if small else digest[:32])
        lifetime = f"public, max-age={YEAR_SECONDS}, immutable" if version == self.version else "no-cache"
        answer.headers["Cache-Control"] = lifetime
        answer.make_conditional(request)
        return answer


def _content_type(name: str) -> str:
    return TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@cache
def _content(path: Path, *, compressed: bool) -> bytes:
    content = path.read_bytes()
    return gzip.compress(content, mtime=0) if compressed else content
