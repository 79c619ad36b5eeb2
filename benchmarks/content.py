"""What every registry is given: the same bytes, made from a fixed seed."""

import hashlib
import json
import random

REPOSITORY = "benchmark/image"
TAG = "latest"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
LARGE = 100_000_000
SMALL = 1024
TINY_PUSH = 10 * 1024


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Content:
    """One image: a config, a small layer and a large one, and the manifest that names them."""

    def __init__(self):
        source = random.Random(20)
        self.small = source.randbytes(SMALL)
        self.large = bytearray(source.randbytes(LARGE))
        self.config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
        self.blobs = {digest_of(blob): blob for blob in (self.config, self.small, self.large)}
        self.config_digest, self.small_digest, self.large_digest = self.blobs
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "config": self._named(self.config_digest, "config.v1+json"),
                "layers": [
                    self._named(self.small_digest, "layer.v1.tar"),
                    self._named(self.large_digest, "layer.v1.tar"),
                ],
            }
        ).encode()

    def _named(self, digest, kind):
        media_type = "application/vnd.oci.image." + kind
        return {"mediaType": media_type, "digest": digest, "size": len(self.blobs[digest])}

    def fresh_large(self, number):
        """Changes a copy's first bytes, so that no registry has it already."""
        blob = bytearray(self.large)
        blob[:8] = number.to_bytes(8, "big")
        return blob

    def paths(self):
        """Every address that is read, with what must come back."""
        base = f"/v2/{REPOSITORY}"
        yield f"{base}/manifests/{TAG}", self.manifest
        yield f"{base}/blobs/{self.small_digest}", self.small
        yield f"{base}/blobs/{self.large_digest}", self.large
