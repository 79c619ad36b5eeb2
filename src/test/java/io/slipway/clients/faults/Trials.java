package io.slipway.clients.faults;

import static io.slipway.testing.PushClient.digest;
import static io.slipway.testing.PushClient.manifest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Makes each operation's trial, on content that no other has. */
final class Trials {
  private static final int SMALL = 1000;

  /** More than is ever kept in memory between requests. */
  private static final int MIDDLE = 2 * UploadTrial.MEBIBYTE;

  private Trials() {}

  static Trial of(Operation operation, World world) {
    return switch (operation) {
      case OPEN -> open(world);
      case POST -> post(world);
      case PATCH -> UploadTrial.patch(world);
      case PUT -> UploadTrial.put(world);
      case STATUS -> status(world);
      case CANCEL -> cancel(world);
      case MOUNT -> mount(world);
      case HEAD -> head(world);
      case GET -> get(world);
      case RANGE -> range(world);
      case UNDER_WAY -> new UnderWayTrial(world);
      case MANIFEST -> manifestAndTag(world);
      case BY_TAG -> byTag(world);
      case BY_DIGEST -> byDigest(world);
      case TAGS -> tags(world);
      case CATALOG -> catalog(world);
      case DELETE -> delete(world);
    };
  }

  private static Trial open(World world) {
    return new WriteTrial(
        () -> {},
        () -> world.client().send("POST", world.path("blobs/uploads/")),
        List.of(202),
        () -> {});
  }

  private static Trial post(World world) {
    byte[] blob = world.bytes(3, SMALL);
    return new WriteTrial(
        () -> {},
        () -> world.client().pushBlob(world.repository(), blob),
        List.of(201),
        () -> world.has(blob));
  }

  private static Trial status(World world) {
    byte[] begin = world.bytes(4, SMALL);
    AtomicReference<String> session = new AtomicReference<>("");
    return new WriteTrial(
        () -> session.set(begun(world, begin)),
        () -> world.client().send("GET", session.get()),
        List.of(204),
        () -> assertThat(world.client().received(session.get())).isEqualTo(SMALL));
  }

  private static String begun(World world, byte[] begin) {
    String session = world.client().start(world.repository());
    assertThat(world.client().patch(session, 0, begin).statusCode()).isEqualTo(202);
    return session;
  }

  private static Trial cancel(World world) {
    byte[] begin = world.bytes(5, SMALL);
    AtomicReference<String> session = new AtomicReference<>("");
    return new WriteTrial(
        () -> session.set(begun(world, begin)),
        () -> world.client().send("DELETE", session.get()),
        List.of(204, 404),
        () -> assertThat(world.client().send("GET", session.get()).statusCode()).isEqualTo(404));
  }

  private static Trial mount(World world) {
    byte[] blob = world.bytes(6, SMALL);
    String source = world.repository() + "-source";
    return new WriteTrial(
        () -> assertThat(world.client().pushBlob(source, blob).statusCode()).isEqualTo(201),
        () ->
            world
                .client()
                .send(
                    "POST",
                    world.path("blobs/uploads/?mount=") + digest(blob).text() + "&from=" + source),
        List.of(201),
        () -> world.has(blob));
  }

  private static Trial head(World world) {
    byte[] blob = world.bytes(7, SMALL);
    world.push(blob);
    return new ReadTrial(
        world.client(), "HEAD", world.blobPath(digest(blob)), 200, Trials::isEmpty, Map.of());
  }

  private static void isEmpty(HttpResponse<byte[]> answer) {
    assertThat(answer.body()).isEmpty();
  }

  private static Trial get(World world) {
    byte[] blob = world.bytes(8, MIDDLE);
    world.push(blob);
    return ReadTrial.get(world.client(), world.blobPath(digest(blob)), ReadTrial.is(digest(blob)));
  }

  private static Trial range(World world) {
    byte[] blob = world.bytes(9, MIDDLE);
    world.push(blob);
    int begin = MIDDLE / 2;
    byte[] part = Arrays.copyOfRange(blob, begin, begin + SMALL);
    return new ReadTrial(
        world.client(),
        "GET",
        world.blobPath(digest(blob)),
        206,
        answer -> assertThat(answer.body()).isEqualTo(part),
        Map.of("Range", "bytes=%d-%d".formatted(begin, begin + SMALL - 1)));
  }

  private static Trial manifestAndTag(World world) {
    byte[] blob = world.bytes(10, SMALL);
    world.push(blob);
    byte[] manifest = manifest(blob, blob);
    return new WriteTrial(
        () -> {},
        () ->
            world
                .client()
                .send(
                    "PUT",
                    world.manifestPath(digest(manifest).text()) + "?tag=new",
                    manifest,
                    "Content-Type",
                    PushClient.MANIFEST_TYPE),
        List.of(201),
        () -> world.has(manifest, "new"));
  }

  private static byte[] pushedManifest(World world, int kind, String tag) {
    byte[] blob = world.bytes(kind, SMALL);
    world.push(blob);
    byte[] manifest = manifest(blob, blob);
    world.push(manifest, tag);
    return manifest;
  }

  /** Returns a manifest that is there before the fault. */
  static byte[] taggedManifest(World world) {
    byte[] blob = world.bytes(11, SMALL);
    return manifest(blob, blob);
  }

  private static Trial byTag(World world) {
    byte[] manifest = pushedManifest(world, 11, "by-tag");
    return ReadTrial.get(
        world.client(), world.manifestPath("by-tag"), ReadTrial.is(digest(manifest)));
  }

  private static Trial byDigest(World world) {
    byte[] manifest = pushedManifest(world, 12, "by-digest");
    return ReadTrial.get(
        world.client(),
        world.manifestPath(digest(manifest).text()),
        ReadTrial.is(digest(manifest)));
  }

  private static Trial tags(World world) {
    return ReadTrial.get(
        world.client(),
        world.path("tags/list"),
        answer -> assertThat(new String(answer.body(), UTF_8)).contains("by-tag", "by-digest"));
  }

  private static Trial catalog(World world) {
    return ReadTrial.get(
        world.client(),
        "/v2/_catalog",
        answer -> assertThat(new String(answer.body(), UTF_8)).contains(world.repository()));
  }

  private static Trial delete(World world) {
    byte[] blob = world.bytes(13, SMALL);
    byte[] manifest = manifest(blob, blob);
    String path = world.manifestPath(digest(manifest).text());
    return new WriteTrial(
        () -> {
          world.push(blob);
          assertThat(world.client().pushManifest(world.repository(), "gone", manifest).statusCode())
              .isEqualTo(201);
        },
        () -> world.client().send("DELETE", path),
        List.of(202, 404),
        () -> {
          assertThat(world.client().send("GET", path).statusCode()).isEqualTo(404);
          assertThat(world.client().send("GET", world.manifestPath("gone")).statusCode())
              .isEqualTo(404);
        });
  }
}
