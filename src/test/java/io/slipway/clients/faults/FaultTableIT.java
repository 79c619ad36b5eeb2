package io.slipway.clients.faults;

import static io.slipway.testing.PushClient.digest;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of every server under every operation: clients see success or are told to come back,
 * in bounded time; nothing that was acknowledged is lost, no upload either; and the same process
 * goes on when the fault is over.
 */
@OneProfile("of a PostgreSQL and a MinIO that the test has for itself")
final class FaultTableIT {
  private static final int MOST_PUSHES = 400;

  /** Connections that were made while everything came at once and wait for more. */
  private static final int POOLED = 64;

  @TempDir static Path folder;

  private static final FaultTable TABLE = new FaultTable();
  private static final List<World> WORLDS = new ArrayList<>();
  private static @Nullable Scene opened;
  private static int files;
  private static int threads;

  @BeforeAll
  static void open() throws Exception {
    Scene scene = Scene.open(folder);
    opened = scene;
    // Everything once and all at once, so that what is lazy or pooled is there.
    World world = scene.world("faults/none");
    Map<Operation, Trial> trials = prepared(world);
    attempt(trials, () -> {})
        .forEach((operation, outcome) -> assertThat(outcome.isSuccess()).isTrue());
    Eventually.happens("it is idle", scene.load()::isIdle);
    files = scene.load().files();
    threads = scene.load().threads();
  }

  @AfterAll
  static void close() throws Exception {
    try (Scene scene = requireNonNull(opened)) {
      TABLE.write(Path.of("target/fault-table.md"));
      // Nor has a later fault taken what an earlier one left.
      WORLDS.forEach(World::requireEverything);
      assertThat(scene.registry().output()).doesNotContain("OutOfMemory", "LEAK:", "X-Amz-");
      assertThat(scene.registry().stop()).as(scene.registry().output()).isZero();
    }
  }

  /** One server after the other: a Redis that fails time and again is left alone for longer. */
  static Stream<Arguments> cells() {
    return Stream.of(Dependency.Name.values())
        .flatMap(
            name -> {
              List<Fault> all = Fault.all(name);
              return IntStream.range(0, all.size())
                  .mapToObj(number -> Map.entry(number, Arguments.of(name, all.get(number))));
            })
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cells")
  void losesNothing(Dependency.Name name, Fault fault) throws Exception {
    Scene scene = requireNonNull(opened);
    Dependency server = scene.dependency(name);
    World world =
        scene.world("faults/" + (name + "-" + fault).toLowerCase(Locale.ROOT).replace(' ', '-'));
    Map<Operation, Trial> trials = prepared(world);
    requireCached(scene, world);
    RedisUse before = RedisUse.of(scene.load());
    Map<Operation, Outcome> outcomes;
    RedisUse use;
    long mended;
    try {
      Trial underWay = requireNonNull(trials.get(Operation.UNDER_WAY));
      outcomes = attempt(trials, () -> begin(fault, server, world, underWay));
      requireHealth(server, fault);
      use = RedisUse.of(scene.load()).since(before);
    } finally {
      server.mend();
      mended = System.nanoTime();
    }
    Eventually.happens("it serves again", server.recovery(), () -> serves(scene, world));
    long back = Duration.ofNanos(System.nanoTime() - mended).toMillis();
    outcomes.forEach(
        (operation, outcome) -> {
          TABLE.add(name, fault, operation.toString(), outcome.text());
          new Expectation(operation, server, fault).require(outcome);
        });
    if (name == Dependency.Name.REDIS) {
      TABLE.add(name, fault, "reads of Redis", use.text());
      use.require(fault);
      requireCached(scene, world);
    }
    Together.each(
        trials.entrySet(),
        each -> each.getValue().settle(requireNonNull(outcomes.get(each.getKey()))));
    world.requireEverything();
    WORLDS.add(world);
    requireNormal(scene);
    TABLE.addRecovery(name, fault, back);
  }

  /** Waits until Redis has the manifest whose tag is pulled, and no other bytes for it. */
  private static void requireCached(Scene scene, World world) {
    byte[] manifest = Trials.taggedManifest(world);
    String path = world.manifestPath("by-tag");
    Eventually.happens(
        "Redis has the manifest",
        () -> {
          assertThat(world.client().send("GET", path).body()).isEqualTo(manifest);
          return scene.redis().has(manifest, digest(manifest));
        });
  }

  private static Map<Operation, Trial> prepared(World world) {
    Map<Operation, Trial> trials = new ConcurrentHashMap<>();
    Together.each(
        Set.of(Operation.values()),
        operation -> {
          Trial trial = Trials.of(operation, world);
          trial.prepare();
          trials.put(operation, trial);
        });
    return new EnumMap<>(trials);
  }

  private static void begin(Fault fault, Dependency server, World world, Trial underWay) {
    if (fault.kind() != Fault.Kind.FULL) {
      underWay.hurry();
    }
    fault.begin().accept(server);
    if (fault.kind() == Fault.Kind.FULL && server.name() != Dependency.Name.REDIS) {
      pushUntilRefused(world, server.name());
    }
  }

  /** Sends all requests at once when the fault has begun, but what is to be under way by then. */
  private static Map<Operation, Outcome> attempt(Map<Operation, Trial> trials, Runnable fault)
      throws Exception {
    Map<Operation, Future<Outcome>> under = new EnumMap<>(Operation.class);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Trial underWay = requireNonNull(trials.get(Operation.UNDER_WAY));
      under.put(Operation.UNDER_WAY, threads.submit(() -> Outcome.of(underWay::attempt)));
      fault.run();
      underWay.hurry();
      assertThat(requireNonNull(under.get(Operation.UNDER_WAY)).isDone()).isFalse();
      trials.forEach(
          (operation, trial) ->
              under.computeIfAbsent(
                  operation, ignored -> threads.submit(() -> Outcome.of(trial::attempt))));
    }
    Map<Operation, Outcome> outcomes = new EnumMap<>(Operation.class);
    for (Map.Entry<Operation, Future<Outcome>> each : under.entrySet()) {
      outcomes.put(each.getKey(), each.getValue().get());
    }
    return outcomes;
  }

  /** What is in memory or fits into a page that is there still succeeds. */
  private static void pushUntilRefused(World world, Dependency.Name name) {
    if (name == Dependency.Name.S3) {
      // MinIO, which looks how much is left once a second, finds out while it writes.
      pushUntilRefused(world, name, 2 * UploadTrial.MEBIBYTE);
    }
    pushUntilRefused(world, name, 2000);
  }

  private static void pushUntilRefused(World world, Dependency.Name name, int size) {
    for (int i = 0; i < MOST_PUSHES; i++) {
      HttpResponse<byte[]> answer =
          name == Dependency.Name.S3
              ? world.client().pushBlob(world.repository(), PushClient.bytes(-2 - i, size))
              : tag(world, i);
      if (answer.statusCode() == 507) {
        return;
      }
      assertThat(answer.statusCode()).isEqualTo(201);
    }
    throw new AssertionError(name + " is never full");
  }

  private static HttpResponse<byte[]> tag(World world, int number) {
    byte[] manifest = Trials.taggedManifest(world);
    String tag = "full" + number;
    HttpResponse<byte[]> answer = world.client().pushManifest(world.repository(), tag, manifest);
    if (answer.statusCode() == 201) {
      world.has(manifest, tag);
    }
    return answer;
  }

  private static void requireHealth(Dependency server, Fault fault) {
    PushClient client = requireNonNull(opened).client();
    int ready = client.send("GET", "/readyz").statusCode();
    if (server.name() != Dependency.Name.POSTGRESQL || fault.kind() != Fault.Kind.RESET) {
      boolean away = server.name() == Dependency.Name.POSTGRESQL && fault.isSilence();
      assertThat(ready).isEqualTo(away ? 503 : 200);
    }
    assertThat(client.send("GET", "/livez").statusCode()).isEqualTo(200);
  }

  private static boolean serves(Scene scene, World world) {
    byte[] blob = world.bytes(52, 1000);
    boolean pushed =
        world.client().pushBlob(world.repository(), blob).statusCode() == 201
            && world.client().blob(world.repository(), digest(blob)).statusCode() == 200
            && world.client().send("GET", "/readyz").statusCode() == 200
            && scene.load().metric("slipway_redis_up") == 1;
    if (pushed) {
      world.has(blob);
    }
    return pushed;
  }

  /** No work, no connections and no threads are left behind, but those that wait for more. */
  private static void requireNormal(Scene scene) {
    Eventually.happens("it is idle: " + scene.load(), scene.load()::isIdle);
    Eventually.happens(
        "it has no more than %s files and %s threads: %s".formatted(files, threads, scene.load()),
        () -> scene.load().files() <= files + POOLED && scene.load().threads() <= threads + 24);
    Eventually.happens(
        "no transaction is left open",
        () ->
            scene
                .postgres()
                .query(
                    "registry",
                    "SELECT state FROM pg_stat_activity WHERE application_name = 'slipway'"
                        + " AND state LIKE 'idle in transaction%'")
                .isEmpty());
  }
}
