package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** A client that pulls what is held, and what may be collected while it reads. */
final class Reader implements Runnable {
  private static final int BEGINNING = 1000;

  private final MortalRegistry registry;
  private final List<Roots> all;
  private final BlobPool pool;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;

  Reader(
      MortalRegistry registry,
      List<Roots> all,
      BlobPool pool,
      Figures figures,
      Random random,
      BooleanSupplier ending) {
    this.registry = registry;
    this.all = all;
    this.pool = pool;
    this.figures = figures;
    this.random = random;
    this.ending = ending;
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      Roots roots = all.get(random.nextInt(all.size()));
      Life life = registry.life();
      try {
        switch (random.nextInt(5)) {
          case 0 -> read(life, roots, pool.any(random));
          case 1 -> readSlowly(life, roots, pool.large(random));
          default ->
              roots.any(random).ifPresent(root -> new RootCheck(roots, figures).pull(life, root));
        }
      } catch (LostAnswerException e) {
        figures.count("answers lost: " + e.getMessage());
      }
    }
  }

  /** Nothing need hold it, but it is there as a whole or not at all. */
  private void read(Life life, Roots roots, Blob blob) {
    String path = roots.path(blob);
    try {
      HttpResponse<byte[]> pulled = life.send("GET", path);
      assertThat(pulled.statusCode()).as(path).isIn(200, 404);
      if (pulled.statusCode() == 200) {
        assertThat(pulled.body()).as("bytes of %s", path).isEqualTo(blob.bytes());
        figures.count("blobs pulled");
      }
    } catch (UncheckedIOException e) {
      requireBucket(e);
    }
  }

  /** The bytes of what is deleted go under its readers only in a bucket, where nothing is open. */
  private void requireBucket(UncheckedIOException e) {
    if (!TestProfile.isCluster()) {
      throw e;
    }
    figures.count("pulls broken off");
  }

  /** Begins to read, and goes on when garbage has been collected meanwhile. */
  private void readSlowly(Life life, Roots roots, Blob blob) {
    try {
      life.unlessKilled(client -> readSlowly(client, roots.path(blob), blob));
    } catch (UncheckedIOException e) {
      requireBucket(e);
    }
  }

  private boolean readSlowly(PushClient client, String path, Blob blob) {
    HttpResponse<InputStream> opened = client.open(path);
    try (InputStream body = opened.body()) {
      assertThat(opened.statusCode()).as(path).isIn(200, 404);
      if (opened.statusCode() == 404) {
        return false;
      }
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      read.write(body.readNBytes(BEGINNING));
      long collections = figures.of("collections");
      Eventually.holds(() -> figures.of("collections") > collections + 1 || ending.getAsBoolean());
      body.transferTo(read);
      assertThat(read.toByteArray()).as("bytes of %s", path).isEqualTo(blob.bytes());
      figures.count("blobs pulled while garbage was collected");
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
