package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcOptions;
import io.slipway.gc.GcReport;
import io.slipway.testing.GarbageRows;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** How long a mark takes, and that it grows as what it looks at, on every database. */
interface GarbageScaleContract extends GarbageContract {
  boolean LONG = Boolean.getBoolean("slipway.long");

  /** Manifests, with five blobs each. */
  int FEW = LONG ? 20_000 : 2_000;

  int TIMES = 10;
  int MANY = TIMES * FEW;
  int ROUNDS = 3;

  /** For ten times as much. */
  int MOST_TIMES = 12;

  /** Returns a second database, for the many. */
  Database large();

  private static void fill(Database database, int manifests) {
    Database relaxed = database.relaxed();
    for (String sql : new GarbageRows("$1").inserts(0, manifests)) {
      get(sql.contains("$1") ? relaxed.update(sql, new byte[1000]) : relaxed.update(sql));
    }
  }

  /** Returns how many nanoseconds some marks take, one after the other. */
  private static long mark(GarbageCollection collection, int manifests, int times) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      GcReport report = await(collection.run(GarbageContract.options(true, Duration.ZERO)));
      long dead = 2L * manifests / GarbageRows.PER_GARBAGE;
      assertThat(report.manifests()).isEqualTo(dead);
      assertThat(report.links()).isEqualTo(GarbageRows.BLOBS * dead);
      assertThat(report.blobs()).isEqualTo(GarbageRows.BLOBS * dead);
    }
    return System.nanoTime() - start;
  }

  /** Returns how many nanoseconds a run takes after one that left nothing, the quickest of some. */
  private static long collectByTheClock(GarbageCollection collection) {
    await(collection.run(GcOptions.scheduled()));
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      assertThat(await(collection.run(GcOptions.scheduled())).marked()).isZero();
      least = Math.min(least, System.nanoTime() - start);
    }
    System.out.printf("a run that finds nothing new took %.1f ms%n", least / 1e6);
    return least;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(5, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Ten marks of a tenth and one of everything take turns: what else the machine does meets both
   * for as long. A walk that reads for each page what others read already takes ten times as long
   * in any round.
   */
  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  default void marksInATimeThatGrowsAsTheRows() {
    get(Migrations.bundled().apply(large()));
    fill(database(), FEW);
    fill(large(), MANY);
    GarbageCollection few = collection(database());
    GarbageCollection many = collection(large());
    mark(few, FEW, 1);
    mark(many, MANY, 1);
    double leastTimes = Double.MAX_VALUE;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long tenth = mark(few, FEW, TIMES) / TIMES;
      long whole = mark(many, MANY, 1);
      LoggerFactory.getLogger(GarbageScaleContract.class)
          .info(
              "marked {} manifests in {} ms, {} in {} ms",
              FEW,
              TimeUnit.NANOSECONDS.toMillis(tenth),
              MANY,
              TimeUnit.NANOSECONDS.toMillis(whole));
      leastTimes = Math.min(leastTimes, (double) whole / tenth);
      least = Math.min(least, whole);
    }
    assertThat(leastTimes).as("times as long for ten times as much").isLessThan(MOST_TIMES);
    assertThat(TIMES * collectByTheClock(many))
        .as("ten times of a run that finds nothing new")
        .isLessThan(least);
    if (LONG) {
      assertThat(Duration.ofNanos(least)).isLessThan(Duration.ofSeconds(10));
    }
  }
}
