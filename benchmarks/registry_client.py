"""As much of a client as a comparison needs."""

import http.client
import pathlib
import urllib.parse

from content import MANIFEST_TYPE, REPOSITORY, TAG, digest_of


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
        answer, _ = self.request(
            "POST", f"/v2/{REPOSITORY}/blobs/uploads/", b"", (202,), {"Content-Length": "0"}
        )
        place = urllib.parse.urlsplit(answer.getheader("Location"))
        query = (place.query + "&" if place.query else "") + urllib.parse.urlencode({"digest": digest})
        headers = {"Content-Type": "application/octet-stream"}
        self.request("PUT", f"{place.path}?{query}", blob, (201,), headers)

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


def place_files(folder, content):
    """Gives a server of files what the others are pushed."""
    for path, expected in content.paths():
        file = pathlib.Path(folder + path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(expected)
