package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.oci.DigestAlgorithm;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Pushes the same blobs again and again that nothing names, so that they move home just as they are
 * collected: some at once, then it lets them be collected, for what is being pushed holds all of a
 * repository.
 */
final class MovedLoad implements Runnable {
  private static final int BLOBS = 150;
  private static final int AT_ONCE = 50;
  private static final long FIRST_SEED = 1L << 41;

  private final MortalRegistry registry;
  private final Roots roots;
  private final SharedLoad blobs;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;

  /**
   * Makes a client.
   *
   * @param roots of a repository to which nobody else writes
   */
  MovedLoad(
      MortalRegistry registry,
      Roots roots,
      Figures figures,
      Random random,
      BooleanSupplier ending) {
    this.registry = registry;
    this.roots = roots;
    this.blobs = new SharedLoad(registry, roots, List.of(roots), figures, random);
    this.figures = figures;
    this.random = random;
    this.ending = ending;
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      try {
        step();
      } catch (LostAnswerException e) {
        figures.count("answers lost: " + e.getMessage());
      }
    }
  }

  private void step() {
    for (int i = 0; i < AT_ONCE && !ending.getAsBoolean(); i++) {
      Blob blob = blob();
      blobs.pushAtOnce(blob);
      require(blob());
    }
    HttpResponse<byte[]> answer = registry.life().send("POST", "/_gc?grace=0s&verbose=true");
    assertThat(answer.statusCode()).isIn(200, 202);
  }

  private Blob blob() {
    return Blob.of(FIRST_SEED + random.nextInt(BLOBS), 100, DigestAlgorithm.SHA256);
  }

  /** It may have been collected, but never is there a row without bytes. */
  private void require(Blob blob) {
    HttpResponse<byte[]> answer = registry.life().send("GET", roots.path(blob));
    if (answer.statusCode() == 404) {
      assertThat(new String(answer.body(), UTF_8)).doesNotContain("damage");
    } else {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(blob.bytes());
      figures.count("blobs pulled on their way home");
    }
  }
}
