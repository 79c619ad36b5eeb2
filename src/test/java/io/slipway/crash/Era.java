package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChangeWatch;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** The lives and deaths of a registry on one folder, from its first start to a good end. */
final class Era {
  private static final int CLIENTS = 4;

  /** A load is measured in what it does, so that a slow machine sees as much of it. */
  private static final int STEPS = 100;

  private static final int LOAD_MICROS = 20_000;
  private static final int DRAIN_MILLIS = 150;
  private static final int REAPING_MILLIS = 400;
  private static final Map<String, String> EXPIRING = Map.of("uploads.timeout", "1s");

  private final Path data;
  private final StoredData stored;
  private final Random random;
  private final Map<Moment, Integer> deaths = new EnumMap<>(Moment.class);
  private final SharedBlobs shared = new SharedBlobs();
  private final List<Promises> promises =
      IntStream.range(0, CLIENTS).mapToObj(i -> new Promises("crash/client" + i)).toList();
  private Instant lastCheck = Instant.EPOCH;
  private long startMillis;

  Era(Path data, Random random) {
    this.data = data;
    this.stored = StoredData.of(data);
    this.random = random;
  }

  Map<Moment, Integer> deaths() {
    return deaths;
  }

  long checked() {
    return promises.stream().mapToLong(Promises::checked).sum();
  }

  /** Loads a registry and kills it at each of these moments, and checks it after each. */
  void run(List<Moment> moments) throws Exception {
    for (Moment moment : moments) {
      if (moment == Moment.START) {
        dieInStart();
      } else if (moment == Moment.AGAIN) {
        try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
          pause(random.nextInt(50));
          registry.kill();
        }
      } else {
        try (ChildRegistry registry = start()) {
          check(registry.client());
          loadAndKill(registry, moment);
        }
      }
      deaths.merge(moment, 1, Integer::sum);
    }
    endWell();
  }

  /** Starts and remembers how long that takes. */
  private ChildRegistry start() {
    long begin = System.nanoTime();
    ChildRegistry registry = ChildRegistry.start(data, Map.of());
    startMillis = (System.nanoTime() - begin) / 1_000_000;
    return registry;
  }

  private void dieInStart() {
    try (ChildRegistry registry = ChildRegistry.launch(data, Map.of())) {
      // The first half belongs to the JVM alone.
      pause(random.nextLong(startMillis / 2, startMillis + 1));
      registry.kill();
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000L;
    Eventually.happens("the moment comes", () -> System.nanoTime() >= end);
  }

  private void check(PushClient client) {
    Instant begin = Instant.now();
    promises.forEach(one -> one.check(client, random));
    // A clock of the file system may be behind by a tick.
    stored.requireAgreement(lastCheck.minusSeconds(lastCheck.equals(Instant.EPOCH) ? 0 : 1));
    requireReferences();
    lastCheck = begin;
  }

  /** What a manifest names cannot be deleted before it. */
  private void requireReferences() {
    assertThat(
            stored.query(
                "SELECT * FROM reference r WHERE kind = 'blob' AND NOT EXISTS"
                    + " (SELECT 1 FROM link l WHERE l.repo = r.repo AND l.digest = r.digest)"))
        .isEmpty();
    assertThat(
            stored.query(
                "SELECT * FROM tag t WHERE NOT EXISTS (SELECT 1 FROM tag_history h"
                    + " WHERE h.repo = t.repo AND h.name = t.name AND h.version = t.version)"))
        .isEmpty();
  }

  private void loadAndKill(ChildRegistry registry, Moment moment) throws Exception {
    PushClient client = registry.client();
    AtomicBoolean dying = new AtomicBoolean();
    AtomicInteger steps = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (Promises one : promises) {
        clients.add(
            threads.submit(new Load(client, one, shared, random.nextLong(), dying::get, steps)));
      }
      int enough = random.nextInt(STEPS);
      Eventually.happens(
          "the moment comes",
          () -> steps.get() >= enough || clients.stream().anyMatch(Future::isDone));
      long end = System.nanoTime() + random.nextInt(LOAD_MICROS) * 1_000L;
      Eventually.happens("the moment comes", () -> System.nanoTime() > end);
      dying.set(true);
      kill(registry, moment);
      for (Future<?> one : clients) {
        one.get();
      }
    }
  }

  private void kill(ChildRegistry registry, Moment moment) {
    if (moment == Moment.DRAIN) {
      registry.terminate();
      pause(random.nextInt(DRAIN_MILLIS));
    } else if (moment == Moment.COMMIT) {
      try (ChangeWatch watch = stored.watchLog()) {
        watch.awaitChange();
      }
    } else if (moment == Moment.BYTES) {
      stored.watchBytes().awaitChange();
    }
    registry.kill();
  }

  /** Checks everything, then lets the uploads that were left expire, with one more death in it. */
  private void endWell() {
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      PushClient client = registry.client();
      promises.forEach(one -> one.checkAll(client));
      Eventually.happens("no copy is due", () -> stored.query("SELECT 1 FROM copy_due").isEmpty());
      // What the dead took is theirs for a minute, where they may be the living.
      Eventually.happens(
          "no event waits",
          Duration.ofMinutes(2),
          () -> stored.query("SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery").isEmpty());
      stored.requireAgreement();
      assertThat(registry.stop()).isZero();
    }
    try (ChildRegistry registry = ChildRegistry.start(data, EXPIRING)) {
      pause(random.nextInt(REAPING_MILLIS));
      registry.kill();
    }
    try (ChildRegistry registry = ChildRegistry.start(data, EXPIRING)) {
      Eventually.happens("no staged byte stays", () -> stored.staged().isEmpty());
      Eventually.happens(
          "no session stays",
          () -> stored.query("SELECT 1 FROM upload WHERE state <> 'finished'").isEmpty());
      promises.forEach(Promises::uploadsExpired);
      check(registry.client());
      assertThat(registry.stop()).isZero();
    }
    assertThat(data.resolve("running")).doesNotExist();
    stored.requireAgreement();
  }
}
