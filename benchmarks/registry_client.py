"""As much of a client as a comparison needs."""

import hashlib
import http.client
import pathlib
import urllib.parse

from content import MANIFEST_TYPE, REPOSITORY, TAG, digest_of

BINARY = {"Content-Type": "application/octet-stream"}
PIECE = 1 << 20


class WrongAnswer(Exception):
    pass


class Client:
    """One connection to one registry."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def request(self, method, path, body=None, expected=(200,), headers=None):
        self.connection.request(method, path, body=body, headers=headers or {})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status not in expected:
            raise WrongAnswer(f"{method} {path}: {answer.status} {content[:200]!r}")
        return answer, content

    def push_blob(self, blob, digest):
        """Opens a session and sends the whole blob in one PUT."""
        self.request("PUT", named(self.open_session(), digest), blob, (201,), BINARY)

    def push_by_patch(self, blob, digest):
        """Sends the whole blob in one PATCH and names it with a PUT, as the Docker engine does."""
        answer, _ = self.request("PATCH", self.open_session(), blob, (202,), BINARY)
        place = named(address(answer), digest)
        self.request("PUT", place, b"", (201,), {"Content-Length": "0"})

    def open_session(self):
        path = f"/v2/{REPOSITORY}/blobs/uploads/"
        return address(self.request("POST", path, b"", (202,), {"Content-Length": "0"})[0])

    def read_blob(self, digest):
        """Reads a blob in pieces; returns its size and its digest."""
        answer = self.open_blob(digest)
        size, found = 0, hashlib.sha256()
        while piece := answer.read(PIECE):
            size += len(piece)
            found.update(piece)
        return size, "sha256:" + found.hexdigest()

    def first_byte(self, digest):
        """Waits for the first byte of a blob and leaves the others."""
        if not self.open_blob(digest).read(1):
            raise WrongAnswer(f"GET of {digest}: not one byte")

    def open_blob(self, digest):
        path = f"/v2/{REPOSITORY}/blobs/{digest}"
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise WrongAnswer(f"GET {path}: {answer.status}")
        return answer

    def push_image(self, content):
        for digest, blob in content.blobs.items():
            self.push_blob(blob, digest)
        path = f"/v2/{REPOSITORY}/manifests/{TAG}"
        self.request("PUT", path, content.manifest, (201,), {"Content-Type": MANIFEST_TYPE})

    def check_image(self, content):
        """Reads everything once, so that no error is later taken for speed."""
        for path, expected in content.paths():
            _, got = self.request("GET", path, headers={"Accept": MANIFEST_TYPE + ", */*"})
            if len(got) != len(expected) or digest_of(got) != digest_of(expected):
                raise WrongAnswer(f"GET {path}: {len(got)} bytes, not the {len(expected)} that were pushed")

    def close(self):
        self.connection.close()


def address(answer):
    """The path and query of where an answer sends its client."""
    place = urllib.parse.urlsplit(answer.getheader("Location"))
    return place.path + ("?" + place.query if place.query else "")


def named(place, digest):
    return place + ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": digest})


def place_files(folder, content):
    """Gives a server of files what the others are pushed."""
    for path, expected in content.paths():
        file = pathlib.Path(folder + path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(expected)
