package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Many clients that push and pull until they are told to end; each may repeat a command that
 * failed, once.
 */
final class ClientsUnderFire implements AutoCloseable {
  private static final int CHUNKS = 4;
  private static final int KEPT = 10;
  private static final int ATTEMPTS = 4;
  private static final long BETWEEN_MILLIS = 250;
  private static final byte[] LAYER = PushClient.bytes(70, 300_000);
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);

  private final NodeCluster cluster;
  private final Path folder;
  private final int chunk;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Map<String, AtomicInteger> figures = new ConcurrentSkipListMap<>();
  private final Map<String, Digest> pushed = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> all = new ArrayList<>();

  /**
   * Makes the first ones.
   *
   * @param folder empty, for their files
   * @param chunk how many bytes those who push in chunks send at once
   */
  ClientsUnderFire(NodeCluster cluster, Path folder, int chunk) throws Exception {
    this.cluster = cluster;
    this.folder = folder;
    this.chunk = chunk;
    OciLayout layout = new OciLayout(folder.resolve("image"));
    layout.name(
        "v1", layout.image("amd64", Contents.random(1_000_000, 71), Contents.random(1000, 72)));
    PushClient client = cluster.client();
    for (byte[] blob : List.of(CONFIG, LAYER)) {
      assertThat(client.pushBlob("fire/pulled", blob).statusCode()).isEqualTo(201);
    }
    byte[] manifest = PushClient.manifest(CONFIG, LAYER);
    assertThat(client.pushManifest("fire/pulled", "v1", manifest).statusCode()).isEqualTo(201);
  }

  /** Starts some of a kind, each of which is told how many there were before it. */
  void start(int count, Kind kind) {
    for (int i = 0; i < count; i++) {
      int number = i;
      all.add(
          threads.submit(
              () -> {
                for (int round = 0; !ending.get(); round++) {
                  kind.run(this, number, round);
                }
                return null;
              }));
    }
  }

  /** One round of what a client does. */
  interface Kind {
    void run(ClientsUnderFire clients, int number, int round) throws Exception;
  }

  int count() {
    return all.size();
  }

  /** Tells whether one of them has failed. */
  boolean isOver() {
    return all.stream().anyMatch(Future::isDone);
  }

  /** Tells them to end after what they are at, and fails as the first of them that failed. */
  void end() throws Exception {
    ending.set(true);
    for (Future<?> one : all) {
      one.get();
    }
  }

  /** Pulls again what was pushed; everything that was acknowledged is there. */
  void requireKept() {
    pushed.forEach(
        (repository, digest) ->
            assertThat(digest(cluster.client().blob(repository, digest).body()))
                .as(repository)
                .isEqualTo(digest));
  }

  void note(String what) {
    noted(what).incrementAndGet();
  }

  int figure(String what) {
    return noted(what).get();
  }

  private AtomicInteger noted(String what) {
    return figures.computeIfAbsent(what, ignored -> new AtomicInteger());
  }

  Map<String, AtomicInteger> figures() {
    return new TreeMap<>(figures);
  }

  /** Runs a command, and once more when it failed. */
  private <T> T twice(String command, Callable<T> run) throws Exception {
    note(command + " runs");
    try {
      return run.call();
    } catch (AssertionError e) {
      note(command + " second runs");
      return run.call();
    }
  }

  void pushInChunks(int number, int round) throws Exception {
    byte[] blob = PushClient.bytes(number * 10_000L + round, CHUNKS * chunk + number);
    String repository = "fire/client" + number + "/" + round;
    AtomicInteger asked = noted("chunks asked for again");
    twice(
        "chunked push",
        () -> {
          new ResumingPush(cluster.client(), repository, blob, chunk, asked).run();
          return null;
        });
    if (round < KEPT) {
      pushed.put(repository, digest(blob));
    }
  }

  void pull(int number, int round) throws Exception {
    PushClient client = cluster.client();
    twice(
        "plain pull",
        () -> {
          get(client, "/v2/fire/pulled/manifests/v1", PushClient.manifest(CONFIG, LAYER));
          get(client, "/v2/fire/pulled/blobs/" + digest(LAYER).text(), LAYER);
          return null;
        });
    pause(BETWEEN_MILLIS);
  }

  /** As a client does that tries a request again some times. */
  private static void get(PushClient client, String path, byte[] expected) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        var answer = client.send("GET", path);
        if (answer.statusCode() == 200) {
          assertThat(digest(answer.body())).isEqualTo(digest(expected));
          return;
        }
      } catch (UncheckedIOException e) {
        // The node died with it.
      }
      pause(attempt * BETWEEN_MILLIS);
    }
    throw new AssertionError("tried to get " + path + " " + ATTEMPTS + " times");
  }

  static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    Duration patience = Duration.ofMillis(millis).plusSeconds(30);
    Eventually.happens("the moment comes", patience, () -> System.nanoTime() >= end);
  }

  void skopeo(int number, int round) throws Exception {
    Program skopeo =
        Program.of("skopeo", "--insecure-policy", "copy", "--retry-times", "3").in(folder);
    String image = "docker://" + cluster.host() + "/fire/skopeo" + number + ":v" + round;
    String back = "skopeo" + number + "-" + round;
    twice("skopeo push", () -> skopeo.print("--dest-tls-verify=false", "oci:image:v1", image));
    twice(
        "skopeo pull", () -> skopeo.print("--src-tls-verify=false", image, "oci:" + back + ":v1"));
    assertThat(Contents.digests(folder.resolve(back).resolve("blobs")))
        .isEqualTo(Contents.digests(folder.resolve("image/blobs")));
    delete(folder.resolve(back));
  }

  void crane(int number, int round) throws Exception {
    Program crane = Program.of(System.getenv("SLIPWAY_CRANE")).in(folder);
    String image = cluster.host() + "/fire/crane" + number + ":v" + round;
    String back = "crane" + number + "-" + round;
    twice("crane push", () -> crane.print("push", "image", image));
    twice("crane pull", () -> crane.print("pull", "--format", "oci", image, back));
    assertThat(Contents.digests(folder.resolve(back).resolve("blobs")))
        .containsAllEntriesOf(Contents.digests(folder.resolve("image/blobs")));
    delete(folder.resolve(back));
  }

  /** With an image of its own each time: the engine would not send a layer that it knows. */
  void docker(int number, int round) throws Exception {
    String name = "docker" + number + "-" + round;
    Path own = Files.createDirectory(folder.resolve(name));
    Files.write(own.resolve("file"), Contents.random(1_000_000, number * 10_000L + round));
    Program.of("tar").in(folder).print("-C", name, "-cf", name + ".tar", ".");
    Program docker = DockerEngine.client(folder);
    String image = cluster.host() + "/fire/docker" + number + ":v" + round;
    String id = docker.print("import", name + ".tar", image);
    twice("docker push", () -> docker.print("push", image));
    docker.print("rmi", image);
    twice("docker pull", () -> docker.print("pull", image));
    assertThat(docker.print("image", "inspect", "--format", "{{.Id}}", image)).isEqualTo(id);
    docker.print("rmi", image);
    delete(own);
    Files.delete(folder.resolve(name + ".tar"));
  }

  /** In ten minutes they would fill a disk. */
  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    ending.set(true);
    threads.close();
  }
}
