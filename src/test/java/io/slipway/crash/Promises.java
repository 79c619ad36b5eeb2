package io.slipway.crash;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a registry acknowledged, to be found again after its death. Thread-safe. */
final class Promises {
  /** A blob of a repository, made from its seed. */
  record Blob(String repository, long seed, int length) {
    byte[] bytes() {
      return PushClient.bytes(seed, length);
    }
  }

  /** A manifest of a repository. */
  record Manifest(String repository, String json) {
    Digest digest() {
      return PushClient.digest(bytes());
    }

    byte[] bytes() {
      return json.getBytes(UTF_8);
    }
  }

  /** A tag, what it was last acknowledged to name, and what it may name as well. */
  record Tag(String acknowledged, String asked) {}

  /** An upload that was under way: so many bytes acknowledged, perhaps asked to finish. */
  record Unfinished(String session, Blob blob, long acknowledged, boolean finishing) {}

  private final Queue<Blob> blobs = new ConcurrentLinkedQueue<>();
  private final Queue<Manifest> manifests = new ConcurrentLinkedQueue<>();
  private final Map<String, Tag> tags = new ConcurrentHashMap<>();
  private final Map<String, Unfinished> uploads = new ConcurrentHashMap<>();

  void blob(Blob blob) {
    blobs.add(blob);
  }

  void manifest(Manifest manifest) {
    manifests.add(manifest);
  }

  /** A tag is about to be moved; the path is the one that pulls it. */
  void asks(String path, Digest digest) {
    tags.compute(
        path,
        (ignored, before) -> new Tag(before == null ? "" : before.acknowledged(), digest.text()));
  }

  void tag(String path, Digest digest) {
    tags.put(path, new Tag(digest.text(), digest.text()));
  }

  void upload(Unfinished upload) {
    uploads.put(upload.session(), upload);
  }

  void finished(String session) {
    uploads.remove(session);
  }

  int size() {
    return blobs.size() + manifests.size() + tags.size();
  }

  Queue<Manifest> manifests() {
    return manifests;
  }

  /** Pulls everything that was acknowledged. */
  void keep(PushClient client) {
    for (Blob blob : blobs) {
      byte[] bytes = blob.bytes();
      HttpResponse<byte[]> pulled = client.blob(blob.repository(), digest(bytes));
      assertThat(pulled.statusCode()).as("%s", blob).isEqualTo(200);
      assertThat(pulled.body()).as("%s", blob).isEqualTo(bytes);
    }
    for (Manifest manifest : manifests) {
      HttpResponse<byte[]> pulled =
          client.send(
              "GET", "/v2/" + manifest.repository() + "/manifests/" + manifest.digest().text());
      assertThat(pulled.statusCode()).as("%s", manifest).isEqualTo(200);
      assertThat(pulled.body()).isEqualTo(manifest.bytes());
    }
    tags.forEach((path, tag) -> requireTag(client, path, tag));
  }

  private static void requireTag(PushClient client, String path, Tag tag) {
    HttpResponse<byte[]> pulled = client.send("GET", path);
    if (tag.acknowledged().isEmpty() && pulled.statusCode() == 404) {
      return;
    }
    assertThat(pulled.statusCode()).as(path).isEqualTo(200);
    assertThat(digest(pulled.body()).text()).as(path).isIn(tag.acknowledged(), tag.asked());
  }

  /** Goes on with every upload where the registry says it is, and finishes it. */
  void resume(PushClient client) {
    for (Unfinished upload : uploads.values()) {
      byte[] bytes = upload.blob().bytes();
      HttpResponse<byte[]> status = client.send("GET", upload.session());
      byte[] rest = new byte[0];
      if (status.statusCode() == 404) {
        // Its last request came through, and only its answer was lost.
        assertThat(upload.finishing()).as("%s", upload).isTrue();
      } else {
        assertThat(status.statusCode()).as("%s", upload).isEqualTo(204);
        long received = PushClient.received(status);
        if (received > 1 || upload.acknowledged() > 0) {
          assertThat(received)
              .as("%s", upload)
              .isBetween(upload.acknowledged(), (long) bytes.length);
          rest = Arrays.copyOfRange(bytes, Math.toIntExact(received), bytes.length);
        } else {
          rest = bytes;
        }
      }
      assertThat(client.finish(upload.session(), digest(bytes), rest).statusCode())
          .as("%s", upload)
          .isEqualTo(201);
      blobs.add(upload.blob());
    }
    uploads.clear();
  }
}
