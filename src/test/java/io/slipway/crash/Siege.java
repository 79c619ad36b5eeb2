package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writers, readers, collections and deaths at once, and the quiet after them. */
final class Siege {
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final int HOT_WRITERS = 4;
  private static final int COLLECTORS = 2;
  private static final int MOVERS = 2;

  /** So often does an hour pass for the keys that are buried. */
  private static final int HOUR_MILLIS = 100;

  private static final int FREEZE_MILLIS = 600;

  /** Longer than a transaction may be idle, so that the database takes its rows back. */
  private static final int LONG_FREEZE_MILLIS = 7000;

  private static final int BETWEEN_MILLIS = 5000;
  private static final String MUCH_LATER =
      "UPDATE trash SET due = 0, claimed_at = NULL, buried_at = buried_at - 3600001";

  private final int nodes;
  private final Figures figures;
  private final Random random;
  private final StoredData stored;
  private final MortalRegistry registry;
  private final BlobPool pool = new BlobPool();
  private final Moves moves;
  private final List<Roots> single =
      IntStream.range(0, WRITERS).mapToObj(i -> new Roots("siege/client" + i)).toList();

  /** Each writer has tags of its own in the same repository. */
  private final List<Roots> hot =
      Stream.generate(() -> new Roots("siege/hot")).limit(HOT_WRITERS).toList();

  /** Nothing of theirs is ever named. */
  private final List<Roots> moved =
      IntStream.range(0, MOVERS).mapToObj(i -> new Roots("siege/moved" + i)).toList();

  private final List<Roots> all = Stream.concat(single.stream(), hot.stream()).toList();
  private final AtomicBoolean ending = new AtomicBoolean();

  Siege(Path data, int nodes, Figures figures, Random random) {
    this.nodes = nodes;
    this.figures = figures;
    this.random = random;
    this.registry = new MortalRegistry(data, nodes);
    this.stored = StoredData.of(registry.data());
    this.moves = new Moves(stored);
  }

  void run(Duration time) throws Exception {
    try (registry) {
      registry.start(settings());
      if (TestProfile.isCluster()) {
        moves.watch();
      }
      underLoad(time);
      if (TestProfile.isCluster()) {
        moves.count(figures);
      }
      quiet();
      deleteEverything();
      assertThat(registry.stop()).isZero();
    }
    new Remains(stored).require(all);
  }

  private Map<String, String> settings() {
    // The bytes of files go at once: whoever reads them has them open.
    String deleteAfter = TestProfile.isCluster() && random.nextBoolean() ? "1s" : "0s";
    return Map.of(
        "storage.delete_after", deleteAfter, "gc.enabled", "false", "uploads.timeout", "2s");
  }

  private void underLoad(Duration time) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      try {
        clients().forEach(client -> clients.add(threads.submit(client)));
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end && clients.stream().noneMatch(Future::isDone)) {
          disturb(end, clients);
        }
      } finally {
        ending.set(true);
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  private List<Runnable> clients() {
    List<Runnable> clients = new ArrayList<>();
    for (Roots roots : single) {
      Random own = new Random(random.nextLong());
      SharedLoad blobs = new SharedLoad(registry, roots, all, figures, own);
      clients.add(new RootedLoad(registry, roots, pool, blobs, figures, own, ending::get));
    }
    for (int i = 0; i < HOT_WRITERS; i++) {
      Random own = new Random(random.nextLong());
      clients.add(new HotLoad(registry, hot.get(i), "hot" + i, figures, own, ending::get));
    }
    if (TestProfile.isCluster()) {
      clients.add(this::hoursPass);
      for (Roots roots : moved) {
        Random own = new Random(random.nextLong());
        clients.add(new MovedLoad(registry, roots, figures, own, ending::get));
      }
    }
    for (int i = 0; i < READERS; i++) {
      Random own = new Random(random.nextLong());
      clients.add(new Reader(registry, all, pool, figures, own, ending::get));
    }
    for (int i = 0; i < COLLECTORS; i++) {
      Random own = new Random(random.nextLong());
      clients.add(new GarbageLoad(registry, figures, own, ending::get));
    }
    return clients;
  }

  private void hoursPass() {
    while (!ending.get()) {
      moves.hourPasses();
      moves.throwAwayWhatHadNoName();
      long next = System.nanoTime() + HOUR_MILLIS * 1_000_000L;
      Eventually.happens("the hour is over", () -> System.nanoTime() >= next);
    }
  }

  private void disturb(long end, List<Future<?>> clients) throws Exception {
    long moment = Math.min(end, System.nanoTime() + random.nextInt(BETWEEN_MILLIS) * 1_000_000L);
    Eventually.happens(
        "the moment comes",
        () -> System.nanoTime() >= moment || clients.stream().anyMatch(Future::isDone));
    // A registry that starts costs as much as thousands of requests.
    if (random.nextInt(6) > 0) {
      registry.freeze(random, random.nextInt(8) == 0 ? LONG_FREEZE_MILLIS : FREEZE_MILLIS);
      figures.count("stops");
    } else {
      registry.kill(random);
      figures.count("kills");
      if (nodes == 1 && random.nextInt(10) > 0) {
        timePasses();
      }
      registry.start(settings());
    }
  }

  /** Keys that were deleted become free again, and the dead hold no lease, while nothing runs. */
  private void timePasses() {
    stored.update(MUCH_LATER);
    stored.update("UPDATE lease SET until = 0");
  }

  private void quiet() {
    Eventually.happens(
        "uploads that were left are closed",
        () -> stored.query("SELECT 1 FROM upload WHERE state <> 'finished'").isEmpty());
    for (Roots roots : all) {
      roots.all().forEach(root -> new RootCheck(roots, figures).pull(registry.life(), root));
    }
    if (nodes > 1) {
      aDayPasses();
    }
    collectAll();
    new Remains(stored).require(all);
    for (Roots roots : all) {
      roots.all().forEach(root -> new RootCheck(roots, figures).pull(registry.life(), root));
    }
  }

  /**
   * A node that slept may put bytes of an upload that another one has ended, and deleted: those the
   * next listing finds.
   */
  private void aDayPasses() {
    figures.add("objects put too late", stored.staged().size());
    stored.age(Duration.ofDays(2));
    registry.kill(random);
    stored.update("UPDATE lease SET until = 0");
    registry.start(settings());
    Eventually.happens(
        "what came too late is gone", Duration.ofMinutes(1), () -> stored.staged().isEmpty());
  }

  /** However much it is after half an hour on a machine that has much else to do: it gets less. */
  private void writesWhatIsDue() {
    figures.add("copies and events due at the end", due());
    for (int left = due(); left > 0; left = due()) {
      int fewer = left * 9 / 10;
      Eventually.happens(
          "of " + left + " copies and events a tenth is written",
          Duration.ofMinutes(2),
          () -> due() <= fewer);
    }
  }

  private int due() {
    String counts =
        "SELECT (SELECT count(*) FROM copy_due) + (SELECT count(*) FROM outbox)"
            + " + (SELECT count(*) FROM delivery)";
    return Integer.parseInt(stored.query(counts).getFirst());
  }

  /** One collection takes everything; its bytes go, and what was moved, when their time comes. */
  private void collectAll() {
    assertThat(registry.life().send("POST", "/_gc?grace=0s").statusCode()).isEqualTo(200);
    if (nodes > 1) {
      // What was pulled from another node is kept when that one writes it down, ten seconds later.
      Eventually.happens(
          "only what is held is left",
          Duration.ofMinutes(1),
          () -> {
            registry.life().send("POST", "/_gc?grace=0s");
            return new Remains(stored).areHeld();
          });
    }
    writesWhatIsDue();
    Eventually.happens(
        "blobs are home and nothing is in the trash",
        Duration.ofMinutes(2),
        () -> {
          stored.update(MUCH_LATER);
          registry.life().send("POST", "/_gc");
          return stored
              .query(
                  "SELECT location FROM trash UNION ALL"
                      + " SELECT location FROM blob WHERE location LIKE 'uploads/%'")
              .isEmpty();
        });
  }

  private void deleteEverything() {
    for (Roots roots : all) {
      for (Roots.Root root : roots.all()) {
        String path = roots.tagPath(root.tag());
        assertThat(registry.life().send("DELETE", path).statusCode()).isEqualTo(202);
        roots.become(List.of(root.tag()), null);
      }
    }
    collectAll();
    new Remains(stored).require(all);
    assertThat(stored.query("SELECT digest FROM blob")).isEmpty();
    assertThat(stored.files("blobs")).isEmpty();
  }
}
