package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeCredentials;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that finds its credentials for S3 where the AWS SDK looks for them. */
@OneProfile("of a bucket that the test has for itself")
class CredentialsIT {
  private static final String REPOSITORY = "team/app";
  private static final String SECRET = FakeCredentials.SECRET;

  /** A life in which they are renewed every second. */
  private static final Duration SHORT = Duration.ofSeconds(5);

  /** A key that is not the first one, with its token. */
  private static final Pattern LATER = Pattern.compile("TEMPKEY(?!1 )(\\d+) temp-token-\\1");

  @TempDir Path data;
  @TempDir Path files;
  private final FakeS3 fake = new FakeS3();
  private FakeCredentials source;
  private int seed;

  @BeforeEach
  void start() {
    source = new FakeCredentials(Duration.ofHours(6));
  }

  @AfterEach
  void stop() {
    source.close();
    fake.close();
  }

  /** A machine without any credentials but those that the environment names. */
  private ChildRegistry launch(Map<String, String> environment, String... settings) {
    Map<String, String> all = new HashMap<>();
    String[] bucket = fake.settings();
    for (int i = 0; i < bucket.length; i += 2) {
      all.put(bucket[i], bucket[i + 1]);
    }
    all.remove("storage.s3.access_key");
    all.remove("storage.s3.secret_key");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    Map<String, String> machine = new HashMap<>();
    machine.put("AWS_EC2_METADATA_DISABLED", "true");
    machine.put("AWS_CONFIG_FILE", files.resolve("no-config").toString());
    machine.put("AWS_SHARED_CREDENTIALS_FILE", files.resolve("no-credentials").toString());
    machine.putAll(environment);
    return ChildRegistry.launchIn(machine, data, all);
  }

  private void requirePushAndPull(PushClient client) {
    byte[] blob = bytes(++seed, 6 * 1024 * 1024);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  /** Pushes and pulls, and returns with which key and token everything came. */
  private void requireKeys(String keys, Map<String, String> environment, String... settings) {
    try (ChildRegistry registry = launch(environment, settings)) {
      requirePushAndPull(registry.client());
      assertThat(fake.seen().credentials()).containsExactly(keys);
      assertThat(registry.stop()).isZero();
      requireNoSecret(registry);
    }
  }

  private static void requireNoSecret(ChildRegistry registry) {
    assertThat(registry.output()).isNotEmpty().doesNotContain(SECRET).doesNotContain("temp-token");
  }

  @Test
  void fromTheConfiguration() {
    requireKeys(
        "STATICKEY static-token",
        Map.of("AWS_ACCESS_KEY_ID", "OTHERKEY", "AWS_SECRET_ACCESS_KEY", "other"),
        "storage.s3.access_key",
        "STATICKEY",
        "storage.s3.secret_key",
        SECRET,
        "storage.s3.session_token",
        "static-token");
  }

  @Test
  void fromTheEnvironment() {
    requireKeys(
        "ENVKEY temp-token-env",
        Map.of(
            "AWS_ACCESS_KEY_ID",
            "ENVKEY",
            "AWS_SECRET_ACCESS_KEY",
            SECRET,
            "AWS_SESSION_TOKEN",
            "temp-token-env"));
  }

  @Test
  void fromAProfile() throws IOException {
    Path shared =
        Files.writeString(
            files.resolve("credentials"),
            """
            [default]
            aws_access_key_id = WRONGKEY
            aws_secret_access_key = wrong
            [registry]
            aws_access_key_id = PROFILEKEY
            aws_secret_access_key = %s
            """
                .formatted(SECRET));
    requireKeys(
        "PROFILEKEY",
        Map.of("AWS_SHARED_CREDENTIALS_FILE", shared.toString(), "AWS_PROFILE", "registry"));
  }

  private Map<String, String> webIdentity() throws IOException {
    Path token = Files.writeString(files.resolve("token"), "the-pods-token");
    return Map.of(
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        token.toString(),
        "AWS_ROLE_ARN",
        "arn:aws:iam::123456789012:role/registry",
        "AWS_REGION",
        "eu-central-1",
        "AWS_ENDPOINT_URL_STS",
        source.url());
  }

  @Test
  void fromAWebIdentity() throws IOException {
    requireKeys("TEMPKEY1 temp-token-1", webIdentity());
    assertThat(source.requests())
        .singleElement()
        .asString()
        .contains("WebIdentityToken=the-pods-token")
        .contains("role%2Fregistry");
  }

  @Test
  void fromTheMachine() {
    requireKeys(
        "TEMPKEY1 temp-token-1",
        Map.of(
            "AWS_EC2_METADATA_DISABLED",
            "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            source.url()));
    assertThat(source.requests().getFirst()).startsWith("PUT /latest/api/token");
  }

  @Test
  void fromTheContainer() {
    requireKeys(
        "TEMPKEY1 temp-token-1",
        Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", source.url() + "/task"));
  }

  @Test
  void areRenewedBeforeTheyEnd() {
    source.close();
    // The SDK renews at the latest when a minute is left.
    source = new FakeCredentials(Duration.ofSeconds(65));
    try (ChildRegistry registry =
        launch(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", source.url() + "/task"))) {
      PushClient client = registry.client();
      Eventually.happens(
          "there is another key",
          Duration.ofMinutes(2),
          () -> {
            requirePushAndPull(client);
            // On a slow machine the second one has no use: a third one comes first.
            return fake.seen().credentials().stream().anyMatch(key -> LATER.matcher(key).matches());
          });
      requireNoSecret(registry);
    }
  }

  @Test
  void whoseSourceIsDownForAWhileAreMissedForThatLong() throws IOException {
    source.close();
    source = new FakeCredentials(SHORT);
    try (ChildRegistry registry = launch(webIdentity())) {
      PushClient client = registry.client();
      requirePushAndPull(client);
      source.fail(true);
      byte[] blob = bytes(++seed, 1000);
      AtomicReference<HttpResponse<byte[]>> answer = new AtomicReference<>();
      Eventually.happens(
          "a push is refused",
          () -> {
            answer.set(client.pushBlob(REPOSITORY, blob));
            return answer.get().statusCode() != 201;
          });
      assertThat(answer.get().statusCode()).isEqualTo(503);
      assertThat(answer.get().headers().firstValue("Retry-After")).isPresent();
      source.fail(false);
      Eventually.happens(
          "a push is taken", () -> client.pushBlob(REPOSITORY, blob).statusCode() == 201);
      requireNoSecret(registry);
    }
  }

  /** Every source, each with the variables that lead to it. */
  private Map<String, Map<String, String>> sources() throws IOException {
    return Map.of(
        "web identity",
        webIdentity(),
        "machine",
        Map.of(
            "AWS_EC2_METADATA_DISABLED",
            "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            source.url()),
        "container",
        Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", source.url() + "/task"));
  }

  @Test
  void whoseSourceIsSilentRefuseTheStart() throws IOException {
    source.silence(true);
    for (Map.Entry<String, Map<String, String>> kind : sources().entrySet()) {
      try (ChildRegistry registry = launch(kind.getValue(), "storage.s3.timeout", "2s")) {
        requireRefusedStart(registry);
        assertThat(source.requests()).as(kind.getKey()).isNotEmpty();
      }
    }
  }

  @Test
  void whoseSourceFallsSilentAreWaitedForByNoEventLoop() throws IOException {
    source.close();
    source = new FakeCredentials(SHORT);
    try (ChildRegistry registry = launch(webIdentity(), "storage.s3.timeout", "6s")) {
      PushClient client = registry.client();
      byte[] blob = bytes(++seed, 100_000);
      assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
      source.silence(true);
      AtomicReference<HttpResponse<byte[]>> answer = new AtomicReference<>();
      Eventually.happens(
          "a pull is refused",
          () -> {
            long start = System.nanoTime();
            answer.set(client.blob(REPOSITORY, digest(blob)));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(Duration.ofSeconds(5));
            return answer.get().statusCode() != 200;
          });
      assertThat(answer.get().statusCode()).isEqualTo(503);
      assertThat(answer.get().headers().firstValue("Retry-After")).isPresent();
      assertThat(registry.output())
          .contains("the credentials have ended, and their source gives no others")
          .as("of a thread that handles connections")
          .doesNotContain("has been blocked for");
      requireNoSecret(registry);
    }
  }

  private static void requireRefusedStart(ChildRegistry registry) {
    Eventually.happens("the start fails", () -> !registry.isAlive());
    assertThat(registry.output())
        .contains("registry: tried to find credentials for the bucket " + FakeS3.BUCKET);
    requireNoSecret(registry);
  }

  @Test
  void thatAreNowhereRefuseTheStart() {
    try (ChildRegistry registry = launch(Map.of())) {
      requireRefusedStart(registry);
    }
  }

  @Test
  void whoseSourceIsDownRefuseTheStart() throws IOException {
    source.fail(true);
    try (ChildRegistry registry = launch(webIdentity())) {
      requireRefusedStart(registry);
    }
  }
}
