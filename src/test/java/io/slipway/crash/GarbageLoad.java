package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Asks for collections without a break, with as little grace as there can be. */
final class GarbageLoad implements Runnable {
  private final MortalRegistry registry;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;

  GarbageLoad(MortalRegistry registry, Figures figures, Random random, BooleanSupplier ending) {
    this.registry = registry;
    this.figures = figures;
    this.random = random;
    this.ending = ending;
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      try {
        collect();
      } catch (LostAnswerException e) {
        figures.count("collections not answered: " + e.getMessage());
      }
    }
  }

  private void collect() {
    int grace = random.nextInt(3) > 0 ? 0 : random.nextInt(3);
    boolean dry = random.nextInt(6) == 0;
    String query = "?grace=" + grace + "s&dry_run=" + dry + "&verbose=" + random.nextBoolean();
    long start = System.nanoTime();
    HttpResponse<byte[]> answer = registry.life().send("POST", "/_gc" + query);
    String text = new String(answer.body(), UTF_8);
    assertThat(answer.statusCode()).as(text).isIn(200, 202);
    if (answer.statusCode() == 202) {
      figures.count("collections that go on");
      return;
    }
    figures.count(dry ? "dry runs" : "collections");
    figures.add("collection milliseconds", (System.nanoTime() - start) / 1_000_000);
    if (!dry) {
      figures.add("blobs collected", new JsonObject(text).getLong("deletedLayers"));
    }
  }
}
