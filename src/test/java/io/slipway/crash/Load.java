package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** One client that pushes, pulls and deletes without a break until its registry is gone. */
final class Load implements Runnable {
  private final PushClient client;
  private final Promises promises;
  private final Random random;
  private final BooleanSupplier dying;
  private final AtomicInteger steps;
  private final BlobLoad blobs;
  private final ManifestLoad manifests;

  /**
   * Makes a client.
   *
   * @param shared blobs that all clients pushed lately
   * @param dying whether connections may break
   * @param steps counts what was answered, of all clients
   */
  Load(
      PushClient client,
      Promises promises,
      SharedBlobs shared,
      long seed,
      BooleanSupplier dying,
      AtomicInteger steps) {
    this.client = client;
    this.promises = promises;
    this.random = new Random(seed);
    this.dying = dying;
    this.steps = steps;
    this.blobs = new BlobLoad(client, promises, shared, random);
    this.manifests = new ManifestLoad(client, promises, blobs, random);
  }

  @Override
  public void run() {
    try {
      while (true) {
        step();
        steps.incrementAndGet();
      }
    } catch (UncheckedIOException e) {
      // The registry is dead: what was not answered by now was not promised.
      if (!dying.getAsBoolean()) {
        throw e;
      }
    }
  }

  private void step() {
    switch (random.nextInt(22)) {
      case 0, 1, 2 -> blobs.pushAtOnce();
      case 3, 4, 5 -> blobs.pushInChunks();
      case 6, 7 -> blobs.resume();
      case 8 -> blobs.mount();
      case 9, 20, 21 -> blobs.delete();
      case 10 -> blobs.cancel();
      case 11, 12, 13 -> manifests.pushImage();
      case 14 -> manifests.pushIndex();
      case 15 -> manifests.retag();
      case 16 -> manifests.deleteTag();
      case 17 -> manifests.delete();
      default -> pull();
    }
  }

  /** Pulls what was promised, and what another client may be deleting. */
  private void pull() {
    List<String> paths = new ArrayList<>(promises.present().keySet());
    if (!paths.isEmpty()) {
      String path = paths.get(random.nextInt(paths.size()));
      HttpResponse<byte[]> pulled = client.send("GET", path);
      assertThat(pulled.statusCode()).as(path).isEqualTo(200);
      Content content = promises.present().get(path);
      assertThat(content).isNotNull();
      assertThat(pulled.body()).as(path).isEqualTo(content.bytes());
    }
    blobs.pullOfAnother();
  }
}
