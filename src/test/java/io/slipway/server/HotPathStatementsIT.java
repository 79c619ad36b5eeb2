package io.slipway.server;

import static io.slipway.testing.BasicAuthorization.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.slipway.testing.SeenStatements;
import io.slipway.testing.TestProfile;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts the statements that what clients do all the time costs: each of them is a way to the
 * database and back for somebody who waits. Whoever adds one has to say so here.
 */
class HotPathStatementsIT {
  private static final int LAYER = 100_000;

  private static final String PASSWORD = "a password of some length";

  /** What a blob's last request does, in one transaction, after the row of its upload. */
  private static final List<String> BLOB =
      List.of(
          "INSERT repository",
          "INSERT blob",
          "DELETE trash",
          "INSERT link",
          "INSERT outbox",
          "INSERT statistics_change");

  @TempDir private Path folder;
  private SeenStatements statements;
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "auth.mode", "basic", "auth.admin.password", PASSWORD, "auth.bcrypt_cost", "4"));
    if (TestProfile.isCluster()) {
      String cache = folder.resolve("cache").toString();
      settings.addAll(List.of("storage.cache.disk_path", cache, "storage.cache.disk_size_gb", "1"));
    }
    registry = TestRegistry.start(folder.resolve("data"), settings.toArray(String[]::new));
    client =
        new PushClient("127.0.0.1:" + registry.port(), "Authorization", basic("admin", PASSWORD));
    statements = new SeenStatements();
  }

  @AfterEach
  void stop() {
    statements.close();
    registry.close();
  }

  private static byte[] layer(int seed) {
    return PushClient.bytes(seed, LAYER);
  }

  private static byte[] image(int seed) {
    return PushClient.manifest(layer(seed), layer(seed));
  }

  private static String path(byte[] manifest) {
    return "/v2/app/manifests/" + PushClient.digest(manifest).text();
  }

  private static String blob(int seed) {
    return "/v2/app/blobs/" + PushClient.digest(layer(seed)).text();
  }

  private void ask(int status, String method, String path) {
    assertThat(client.send(method, path).statusCode()).as(method + " " + path).isEqualTo(status);
  }

  private void pushBlob(int seed) {
    assertThat(client.pushBlob("app", layer(seed)).statusCode()).isEqualTo(201);
  }

  private void pushImage(int seed, String tag) {
    assertThat(client.pushManifest("app", tag, image(seed)).statusCode()).isEqualTo(201);
  }

  private void push(int seed) {
    pushBlob(seed);
    pushImage(seed, "v" + seed);
  }

  /** What only a database has to be asked that other nodes change. */
  private static List<String> ifShared(String... asked) {
    return TestProfile.isCluster() ? List.of(asked) : List.of();
  }

  private static List<String> and(List<String> some, String... others) {
    return Stream.concat(some.stream(), Arrays.stream(others)).toList();
  }

  private static List<String> upload(String... before) {
    List<String> all = new ArrayList<>(List.of(before));
    all.addAll(BLOB);
    return all;
  }

  @Test
  void aManifestThatIsInMemoryCostsOneWhereOthersChangeItAndNoneElsewhere() {
    push(1);
    client.send("GET", "/v2/app/manifests/v1");
    client.send("GET", path(image(1)));
    List<String> byTag = ifShared("SELECT tag");
    List<String> byDigest = ifShared("SELECT manifest");
    assertThat(statements.of(i -> ask(200, "GET", "/v2/app/manifests/v1"))).isEqualTo(byTag);
    assertThat(statements.of(i -> ask(200, "HEAD", "/v2/app/manifests/v1"))).isEqualTo(byTag);
    assertThat(statements.of(i -> ask(200, "GET", path(image(1))))).isEqualTo(byDigest);
    assertThat(statements.of(i -> ask(200, "HEAD", path(image(1))))).isEqualTo(byDigest);
  }

  /** Of other bytes than those of the other tests, for which Redis may have been asked. */
  @Test
  void aManifestThatIsNowhereInMemoryCostsOneMoreWhereOthersChangeIt() {
    for (int i = 100; i < 110; i++) {
      push(i);
    }
    assertThat(statements.of(i -> ask(200, "GET", "/v2/app/manifests/v" + (100 + i))))
        .isEqualTo(and(ifShared("SELECT tag"), "SELECT tag"));
    assertThat(statements.of(i -> ask(200, "GET", path(image(105 + i)))))
        .isEqualTo(and(ifShared("SELECT manifest"), "SELECT manifest"));
  }

  @Test
  void aBlobThatIsAskedForCostsOneAndNoneWhereItsLinkIsInMemory() {
    for (int i = 0; i < 5; i++) {
      pushBlob(i);
    }
    assertThat(statements.of(i -> ask(200, "HEAD", blob(i)))).containsExactly("SELECT link");
    assertThat(statements.of(i -> ask(200, "GET", blob(i)))).containsExactly("SELECT link");
    assertThat(statements.of(i -> ask(200, "GET", blob(i)))).isEqualTo(ifShared("SELECT link"));
  }

  @Test
  void aPageOfTagsCostsOneAndTheQuestionForTheApiNone() {
    push(1);
    assertThat(statements.of(i -> ask(200, "GET", "/v2/app/tags/list?n=10")))
        .containsExactly("SELECT tag");
    assertThat(statements.of(i -> ask(200, "GET", "/v2/"))).isEmpty();
  }

  @Test
  void anUploadCostsOneToOpenAndTwoForEachChunk() {
    String session = client.start("app");
    assertThat(statements.of(i -> client.start("app"))).containsExactly("INSERT upload");
    assertThat(
            statements.of(
                i ->
                    assertThat(client.patch(session, i * 1000L, new byte[1000]).statusCode())
                        .isEqualTo(202)))
        .as("it begins, and tells how far it came")
        .containsExactly("UPDATE upload", "UPDATE upload");
  }

  @Test
  void aBlobThatIsPushedCostsItsOwnRowsAndThreeOfItsUpload() {
    String[] begunSealedFinished = {"UPDATE upload", "UPDATE upload", "UPDATE upload"};
    List<String> sessions = new ArrayList<>();
    assertThat(
            statements.of(
                i -> sessions.add(client.start("app")), i -> finish(sessions.get(i), i, layer(i))))
        .isEqualTo(upload(begunSealedFinished));
    List<String> filled = new ArrayList<>();
    assertThat(
            statements.of(
                i -> {
                  filled.add(client.start("app"));
                  client.patch(filled.get(i), 0, layer(i + 10));
                },
                i -> finish(filled.get(i), i + 10, new byte[0])))
        .isEqualTo(upload(begunSealedFinished));
  }

  private void finish(String session, int seed, byte[] last) {
    assertThat(client.finish(session, PushClient.digest(layer(seed)), last).statusCode())
        .isEqualTo(201);
  }

  @Test
  void aBlobInOneRequestHasNoUploadWithFiles() {
    assertThat(statements.of(this::pushBlob))
        .isEqualTo(
            TestProfile.isCluster()
                ? upload("INSERT upload", "UPDATE upload", "UPDATE upload", "UPDATE upload")
                : BLOB);
  }

  @Test
  void aManifestThatIsPushedCostsOneTransaction() {
    pushBlob(1);
    assertThat(statements.of(i -> pushImage(1, "v" + i)))
        .containsExactly(
            // The links, and whether their blobs are damaged.
            "SELECT blob",
            "INSERT repository",
            "INSERT manifest",
            "INSERT reference",
            "INSERT tag",
            "UPDATE tag_history",
            "INSERT tag_history",
            "INSERT outbox",
            "INSERT copy_due",
            "INSERT outbox",
            "INSERT copy_due",
            "INSERT statistics_change");
  }
}
