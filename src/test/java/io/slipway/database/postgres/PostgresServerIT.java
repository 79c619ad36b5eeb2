package io.slipway.database.postgres;

import static io.slipway.database.DatabaseContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.PostgresUrl;
import io.slipway.testing.Eventually;
import io.slipway.testing.FaultyLink;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which servers are let in, and how they let us in: passwords, TLS, settings that lose data. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OneProfile("of PostgreSQL, without a registry")
final class PostgresServerIT {
  private static final String SCRAM =
      "hostssl all slipway 127.0.0.1/32 scram-sha-256\nhostnossl all slipway all reject\n";

  private final Vertx vertx = Vertx.vertx();
  private final PostgresServer server = PostgresServer.start();
  private final Path right = server.data().resolve("server.crt");

  @TempDir static Path folder;

  private Path wrong = right;

  @BeforeAll
  void start() throws Exception {
    TestCertificate good =
        TestCertificate.make(Files.createDirectory(folder.resolve("a")), "localhost");
    wrong =
        TestCertificate.make(Files.createDirectory(folder.resolve("b")), "localhost").certificate();
    Files.copy(good.certificate(), right);
    Path key = Files.copy(good.key(), server.data().resolve("server.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Path access = server.data().resolve("pg_hba.conf");
    Files.writeString(access, SCRAM + Files.readString(access));
    server.execute("ALTER SYSTEM SET ssl = on");
    server.execute("CREATE ROLE slipway LOGIN PASSWORD 'open sesame'");
    server.execute("CREATE DATABASE registry OWNER slipway");
    server.execute("SELECT pg_reload_conf()");
  }

  @AfterAll
  void stop() {
    server.close();
    get(vertx.close());
  }

  private String url(String user, String host, String parameters) {
    return server
        .text("registry")
        .replace("postgres@127.0.0.1", user + "@" + host)
        .concat(parameters);
  }

  private boolean opens(String url) {
    Throwable failure = catchThrowable(() -> get(open(url).close()));
    if (failure != null) {
      assertThat(failure)
          .isInstanceOf(DatabaseException.class)
          .hasMessageStartingWith("tried to use the database registry at ")
          .hasMessageContaining(" but ")
          .message()
          .doesNotContain("sesame");
    }
    return failure == null;
  }

  private Database open(String url) {
    return get(
        PostgresDatabase.open(
            PostgresOptions.of(PostgresUrl.parse(url)), vertx, new SimpleMeterRegistry()));
  }

  @ParameterizedTest
  @CsvSource({
    "disable, 127.0.0.1, , false",
    "prefer, 127.0.0.1, , true",
    "require, 127.0.0.1, , true",
    "require, 127.0.0.1, wrong, false",
    "verify-ca, 127.0.0.1, right, true",
    "verify-ca, localhost, wrong, false",
    "verify-full, localhost, right, true",
    "verify-full, 127.0.0.1, right, false",
    "verify-full, localhost, wrong, false",
  })
  void asksForAsMuchTlsAsItIsTold(String mode, String host, String authority, boolean expected) {
    String file =
        authority == null ? "" : "&sslrootcert=" + (authority.equals("right") ? right : wrong);
    assertThat(opens(url("slipway:open%20sesame", host, "?sslmode=" + mode + file)))
        .isEqualTo(expected);
  }

  /** Whoever asks for TLS and leaves that connection open holds one of few, for a minute. */
  @Test
  void leavesNoConnectionToAServerWithoutTls() {
    try (PostgresServer plain = PostgresServer.start();
        FaultyLink link = FaultyLink.to(PostgresUrl.parse(plain.text("postgres")).port())) {
      Database database =
          open("postgresql://postgres@127.0.0.1:" + link.port() + "/postgres?sslmode=prefer");
      String sessions =
          "SELECT COUNT(*) AS used FROM pg_stat_activity WHERE application_name = 'slipway'";
      Eventually.happens(
          "no connection is open that is not used",
          () -> {
            List<Long> used = get(database.query(sessions, row -> row.number("used")));
            return used.equals(List.of((long) link.open()));
          });
      get(database.close());
    }
  }

  @Test
  void tellsAWrongPassword() {
    Throwable failure =
        catchThrowable(() -> open(url("slipway:close%20sesame", "127.0.0.1", "?sslmode=require")));
    assertThat(failure).hasMessageContaining("password authentication failed for user \"slipway\"");
    assertThat(failure.toString()).doesNotContain("sesame");
  }

  @Test
  void tellsAServerThatIsNotThere() {
    PostgresUrl none = PostgresUrl.parse("postgresql://u@127.0.0.1:1/d");
    assertThat(
            catchThrowable(
                () ->
                    get(
                        PostgresDatabase.open(
                            PostgresOptions.of(none), vertx, new SimpleMeterRegistry()))))
        .hasMessageContaining("tried to use the database d at 127.0.0.1:1 but ")
        .hasMessageContaining("refused");
  }

  @Test
  void refusesADatabaseThatAnswersBeforeTheDisk() {
    server.execute("ALTER DATABASE registry SET synchronous_commit = off");
    try {
      requireRefusal(url("postgres", "127.0.0.1", ""), "synchronous_commit");
    } finally {
      server.execute("ALTER DATABASE registry RESET synchronous_commit");
    }
  }

  @Test
  void refusesAServerThatNeverWaitsForTheDisk() {
    try (PostgresServer careless = PostgresServer.start("fsync", "off")) {
      requireRefusal(careless.text("postgres"), "fsync");
    }
  }

  private void requireRefusal(String url, String setting) {
    assertThat(catchThrowable(() -> open(url)))
        .hasMessageContaining("but " + setting + " is off there")
        .hasMessageEndingWith("set " + setting + " = on");
  }
}
