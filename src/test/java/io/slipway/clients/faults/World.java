package io.slipway.clients.faults;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * What one fault happens to: a repository, and everything the registry acknowledged in it.
 *
 * @param seed no other world has the same bytes
 * @param large a blob of a repository of its own, which only has to be read
 * @param acknowledged the paths that must be readable, and the checksum of what must be there
 */
record World(
    PushClient client,
    String repository,
    long seed,
    LargeBlob large,
    Map<String, Long> acknowledged) {
  private static final int KINDS = 100;

  /** A blob that takes a while to be read. */
  static final class LargeBlob {
    private final String path;
    private final byte[] bytes;

    LargeBlob(String path, byte[] bytes) {
      this.path = path;
      this.bytes = bytes;
    }

    String path() {
      return path;
    }

    int size() {
      return bytes.length;
    }

    /** Tells whether bytes are those from a position on. */
    boolean has(byte[] some, int at) {
      int end = at + some.length;
      return end <= bytes.length && Arrays.equals(bytes, at, end, some, 0, some.length);
    }
  }

  World(PushClient client, String repository, long number, LargeBlob large) {
    this(client, repository, number * KINDS, large, new ConcurrentHashMap<>());
  }

  /** Returns bytes that only one trial of this world has. */
  byte[] bytes(int kind, int length) {
    return PushClient.bytes(seed + kind, length);
  }

  String path(String rest) {
    return "/v2/" + repository + "/" + rest;
  }

  String blobPath(Digest digest) {
    return path("blobs/" + digest.text());
  }

  String manifestPath(String reference) {
    return path("manifests/" + reference);
  }

  /** Remembers a blob that the registry said it has. */
  void has(byte[] blob) {
    has(blob, digest(blob));
  }

  /** Remembers a blob whose digest is known. */
  void has(byte[] blob, Digest digest) {
    acknowledged.put(blobPath(digest), checksum(blob));
  }

  /** Tells contents apart in much less time than their digests, which the registry looks at. */
  private static long checksum(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content);
    return checksum.getValue();
  }

  /** Remembers a manifest and its tag. */
  void has(byte[] manifest, String tag) {
    acknowledged.put(manifestPath(digest(manifest).text()), checksum(manifest));
    acknowledged.put(manifestPath(tag), checksum(manifest));
  }

  /** Pushes a blob while nothing is wrong. */
  void push(byte[] blob) {
    assertThat(client.pushBlob(repository, blob).statusCode()).isEqualTo(201);
    has(blob);
  }

  /** Pushes a manifest while nothing is wrong. */
  void push(byte[] manifest, String tag) {
    assertThat(client.pushManifest(repository, tag, manifest).statusCode()).isEqualTo(201);
    has(manifest, tag);
  }

  /** Fails unless everything that was acknowledged is there, byte for byte. */
  void requireEverything() {
    Together.each(
        acknowledged.entrySet(),
        each -> {
          String path = each.getKey();
          HttpResponse<byte[]> pulled = client.send("GET", path);
          assertThat(pulled.statusCode()).as(path).isEqualTo(200);
          assertThat(checksum(pulled.body())).as(path).isEqualTo(each.getValue());
        });
  }
}
