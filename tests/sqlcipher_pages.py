"""The pages of an encrypted database, decrypted one by one as they lie on the disk: what SQLite would not show any
more, a freed page, a gap within one, an old version in the write-ahead log, is in them."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, SALT, IV = 4096, 80, 16, 16
WAL_HEADER, FRAME_HEADER = 32, 24


def plain_pages(path: Path, key: bytes) -> bytes:
    """Every page of the database and of its log. The format is SQLCipher 4's: AES-256-CBC with the page's own
    initialisation vector at its end; the first page begins with the salt."""
    data = path.read_bytes()
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    found = [_plain(page, key, first=number == 0) for number, page in enumerate(pages)]
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[WAL_HEADER:] if log.exists() else b""
    for start in range(0, len(frames), FRAME_HEADER + PAGE):
        head, page = frames[start : start + FRAME_HEADER], frames[start + FRAME_HEADER :][:PAGE]
        if len(page) == PAGE:
            found.append(_plain(page, key, first=int.from_bytes(head[:4], "big") == 1))
    return b"".join(found)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    cipher = page[SALT if first else 0 : PAGE - RESERVED]
    vector = page[PAGE - RESERVED : PAGE - RESERVED + IV]
    opener = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return opener.update(cipher) + opener.finalize()
