package io.slipway.crash;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Promises.Blob;
import io.slipway.crash.Promises.Manifest;
import io.slipway.crash.Promises.Unfinished;
import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** One client that pushes without a break until its registry is gone. */
final class Load implements Runnable {
  private final PushClient client;
  private final Promises promises;
  private final Random random;
  private final String repository;

  Load(PushClient client, Promises promises, int number, long seed) {
    this.client = client;
    this.promises = promises;
    this.random = new Random(seed);
    this.repository = "crash/client" + number;
  }

  @Override
  public void run() {
    try {
      while (true) {
        switch (random.nextInt(4)) {
          case 0 -> pushAtOnce(blob(60_000));
          case 1, 2 -> pushInChunks(blob(400_000));
          default -> pushImage();
        }
      }
    } catch (UncheckedIOException e) {
      // The registry is dead: what was not acknowledged by now was not promised.
    }
  }

  private Blob blob(int most) {
    return new Blob(repository, random.nextLong(), 1 + random.nextInt(most));
  }

  private void pushAtOnce(Blob blob) {
    assertThat(client.pushBlob(repository, blob.bytes()).statusCode()).isEqualTo(201);
    promises.blob(blob);
  }

  private void pushInChunks(Blob blob) {
    byte[] bytes = blob.bytes();
    String session = client.start(repository);
    promises.upload(new Unfinished(session, blob, 0, false));
    int at = 0;
    while (at < bytes.length && random.nextInt(5) > 0) {
      int next = Math.min(bytes.length, at + 1 + random.nextInt(150_000));
      byte[] chunk = Arrays.copyOfRange(bytes, at, next);
      assertThat(client.patch(session, at, chunk).statusCode()).isEqualTo(202);
      at = next;
      promises.upload(new Unfinished(session, blob, at, false));
    }
    if (random.nextInt(10) == 0) {
      // Left for after the next crash.
      return;
    }
    promises.upload(new Unfinished(session, blob, at, true));
    byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
    assertThat(client.finish(session, digest(bytes), rest).statusCode()).isEqualTo(201);
    promises.finished(session);
    promises.blob(blob);
  }

  private void pushImage() {
    Blob config = blob(500);
    Blob layer = blob(20_000);
    pushAtOnce(config);
    pushAtOnce(layer);
    byte[] json = PushClient.manifest(config.bytes(), layer.bytes());
    Digest digest = digest(json);
    String tag = "tag" + random.nextInt(3);
    String path = "/v2/" + repository + "/manifests/" + tag;
    promises.asks(path, digest);
    assertThat(client.pushManifest(repository, tag, json).statusCode()).isEqualTo(201);
    promises.tag(path, digest);
    promises.manifest(new Manifest(repository, new String(json, StandardCharsets.UTF_8)));
  }
}
