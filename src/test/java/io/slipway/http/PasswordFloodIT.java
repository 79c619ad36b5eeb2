package io.slipway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One address sends more passwords than can be compared; whoever sends theirs gets in. */
@OneProfile("no store is asked")
class PasswordFloodIT {
  private static final String ATTACKER = "192.0.2.66";
  private static final String OTHERS = "192.0.2.1";
  private static final int USERS = 10;

  /** Some more than there are places. */
  private static final int AT_ONCE = 80;

  /** A comparison takes some ten milliseconds, also with several tests at a time. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private static final int COST = 9;

  /** So long that all attempts have come before the first is compared. */
  private static final int SLOW = 12;

  @TempDir private Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger guesses = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean ends;
  private TestRegistry registry;

  @BeforeEach
  void start() throws IOException {
    String users =
        IntStream.range(0, USERS)
            .mapToObj(i -> "user" + i + ":" + hash(COST))
            .collect(Collectors.joining("\n", "", "\nslow:" + hash(SLOW)));
    registry =
        TestRegistry.start(
            folder.resolve("data"),
            "auth.mode",
            "basic",
            "auth.htpasswd.path",
            Files.writeString(folder.resolve("htpasswd"), users).toString(),
            "auth.bcrypt_cost",
            Integer.toString(COST),
            "http.trusted_proxies",
            "127.0.0.1");
  }

  @AfterEach
  void stop() {
    client.close();
    registry.close();
  }

  private static String hash(int cost) {
    return BCrypt.withDefaults().hashToString(cost, "sun".toCharArray());
  }

  private CompletableFuture<Integer> signIn(String name, String password, String address) {
    String both = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(registry.uri("/v2/"))
            .header("Authorization", "Basic " + both)
            .header("X-Forwarded-For", address)
            .timeout(Duration.ofSeconds(30))
            .build();
    return client
        .sendAsync(request, BodyHandlers.discarding())
        .thenApply(answer -> answer.statusCode());
  }

  /** Guesses until it is to end; each name is another one, so none has to wait. */
  private CompletableFuture<Integer> guess() {
    return signIn("name" + guesses.incrementAndGet(), "wrong", ATTACKER)
        .thenCompose(
            status -> {
              refused.addAndGet(status == 429 ? 1 : 0);
              return ends ? CompletableFuture.completedFuture(status) : guess();
            });
  }

  @Test
  void letsOthersInWhileOneAddressGuesses() {
    List<CompletableFuture<Integer>> attack =
        IntStream.range(0, AT_ONCE).mapToObj(i -> guess()).toList();
    Eventually.happens("the attacker has all places", () -> refused.get() > 0);
    try {
      for (int i = 0; i < USERS; i++) {
        int before = refused.get();
        long start = System.nanoTime();
        assertThat(signIn("user" + i, "sun", OTHERS).join()).as("user " + i).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        Eventually.happens("it goes on", () -> refused.get() > before);
      }
    } finally {
      ends = true;
      attack.forEach(CompletableFuture::join);
    }
  }

  @Test
  void letsOneUserInFromManyConnectionsAtOnce() {
    List<CompletableFuture<Integer>> answers =
        IntStream.range(0, 200).mapToObj(i -> signIn("slow", "sun", OTHERS)).toList();
    assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
  }
}
