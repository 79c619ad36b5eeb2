package io.slipway.database.postgres;

import static io.slipway.database.DatabaseContract.assertReason;
import static io.slipway.database.DatabaseContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.database.PostgresUrl;
import io.slipway.database.Transaction;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.slipway.testing.PostgresServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No wait is longer than its bound, whatever another node, a lock or a statement does. */
@OneProfile("of PostgreSQL, without a registry")
final class PostgresLimitsIT {
  private static final String ADD = "UPDATE item SET size = size + 1 WHERE name = $1";

  @RegisterExtension
  final PostgresExtension postgres =
      new PostgresExtension(
          options ->
              new PostgresOptions(
                  options.url(),
                  null,
                  2,
                  2,
                  Duration.ofSeconds(2),
                  Duration.ofSeconds(1),
                  Duration.ofMillis(500)));

  private Database database() {
    return postgres.database();
  }

  @BeforeEach
  void makeTable() {
    get(database().update("CREATE TABLE IF NOT EXISTS item (name TEXT PRIMARY KEY, size BIGINT)"));
    get(database().update("INSERT INTO item VALUES ('held', 0), ('free', 0)"));
  }

  private long size(String name) {
    String sql = "SELECT size FROM item WHERE name = $1";
    return get(database().first(sql, row -> row.number("size"), name)).orElseThrow();
  }

  private static Duration timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Begins a transaction that has the row and waits; it ends with the promise. */
  private Future<Integer> hold(Promise<Integer> release) {
    Promise<Boolean> locked = Promise.promise();
    Function<Transaction, Future<Integer>> body =
        transaction ->
            transaction
                .update(ADD, "held")
                .onSuccess(ignored -> locked.tryComplete(true))
                .compose(ignored -> release.future());
    Future<Integer> held = database().transaction(body);
    get(locked.future());
    return held;
  }

  @Test
  void waitsForALockAsLongAsItMay() throws Exception {
    try (Connection operator = PostgresServer.shared().connect(postgres.url().database());
        Statement statement = operator.createStatement()) {
      operator.setAutoCommit(false);
      statement.execute("UPDATE item SET size = 7 WHERE name = 'held'");
      assertReason(Reason.UNAVAILABLE, () -> get(database().update(ADD, "held")));
      assertThat(get(database().update(ADD, "free"))).isEqualTo(1);
      operator.rollback();
    }
    assertThat(get(database().update(ADD, "held"))).isEqualTo(1);
    assertThat(size("held")).isEqualTo(1);
  }

  @Test
  void endsATransactionThatIsSilent() {
    Promise<Integer> release = Promise.promise();
    Future<Integer> held = hold(release);
    // The first waits out its lock timeout at worst; then the silent one has lost its lock.
    database().update(ADD, "held").otherwise(0).await();
    assertThat(get(database().update(ADD, "held"))).isEqualTo(1);
    release.complete(1);
    assertReason(Reason.UNAVAILABLE, () -> get(held));
    assertThat(get(database().update(ADD, "held"))).isEqualTo(1);
  }

  @Test
  void endsALongStatement() {
    Duration took =
        timed(
            () ->
                assertReason(
                    Reason.UNAVAILABLE,
                    () ->
                        get(
                            database()
                                .query("SELECT pg_sleep(60), 1 AS n", row -> row.number("n")))));
    assertThat(took).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void refusesWhatWaitsTooLongForAConnection() {
    Duration second = Duration.ofSeconds(1);
    Database narrow =
        open(
            new PostgresOptions(postgres.url(), null, 1, 1, second, second, Duration.ofSeconds(5)));
    Promise<Integer> release = Promise.promise();
    Promise<Integer> begun = Promise.promise();
    Future<Integer> holder =
        narrow.transaction(
            transaction -> {
              begun.complete(1);
              return release.future();
            });
    get(begun.future());
    assertReason(
        Reason.UNAVAILABLE,
        () -> get(narrow.transaction(transaction -> Future.succeededFuture(1))));
    release.complete(2);
    assertThat(get(holder)).isEqualTo(2);
    Integer three = get(narrow.transaction(transaction -> Future.succeededFuture(3)));
    assertThat(three).isEqualTo(3);
    get(narrow.close());
  }

  private Database open(PostgresOptions options) {
    return get(PostgresDatabase.open(options, postgres.vertx(), new SimpleMeterRegistry()));
  }

  @Test
  void runsADeadlockedTransactionAgain() {
    Database patient = open(PostgresOptions.of(postgres.url()));
    List<Future<Integer>> both = new ArrayList<>();
    for (List<String> order : List.of(List.of("held", "free"), List.of("free", "held"))) {
      both.add(
          patient.transaction(
              transaction ->
                  transaction
                      .update(ADD, order.get(0))
                      .compose(
                          ignored -> transaction.query("SELECT pg_sleep(0.3), 1 AS n", row -> 1))
                      .compose(ignored -> transaction.update(ADD, order.get(1)))));
    }
    both.forEach(each -> assertThat(get(each)).isEqualTo(1));
    assertThat(size("held")).isEqualTo(2);
    assertThat(size("free")).isEqualTo(2);
    get(patient.close());
  }

  @Test
  void commitsRelaxedOnlyWhatIsRelaxed() {
    String sql =
        "INSERT INTO item VALUES ($1, CASE current_setting('synchronous_commit')"
            + " WHEN 'off' THEN 0 ELSE 1 END)";
    Database relaxed = database().relaxed();
    get(relaxed.update(sql, "relaxed"));
    get(relaxed.transaction(transaction -> transaction.update(sql, "relaxed transaction")));
    get(database().update(sql, "strict"));
    get(database().transaction(transaction -> transaction.update(sql, "strict transaction")));
    assertThat(size("relaxed") + size("relaxed transaction")).isZero();
    assertThat(size("strict") + size("strict transaction")).isEqualTo(2);
  }

  @Test
  void goesOnWhenTheServerCutsItsConnections() {
    String cut =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
            + " AND application_name = 'slipway'";
    for (int round = 0; round < 5; round++) {
      List<Future<Integer>> under = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        under.add(database().update(ADD, "free"));
        under.add(database().transaction(transaction -> transaction.update(ADD, "held")));
      }
      PostgresServer.shared().execute(cut.formatted(postgres.url().database()));
      under.forEach(each -> each.otherwise(0).await());
      long before = size("free");
      assertThat(get(database().update(ADD, "free"))).isEqualTo(1);
      assertThat(size("free")).isEqualTo(before + 1);
    }
  }

  /** A process that is stopped keeps its connections, and nobody notices by himself. */
  @Test
  void isNotHeldUpByANodeThatStopsInsideATransaction() throws Exception {
    PostgresUrl url = postgres.url();
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SilentNode.class.getName(),
            PostgresServer.shared().text(url.database()));
    Process node = builder.redirectErrorStream(true).start();
    try (BufferedReader output = node.inputReader()) {
      awaitLine(output, "holds");
      signal(node, "STOP");
      Database patient = open(PostgresOptions.of(url));
      assertThat(timed(() -> get(patient.update(ADD, "free")))).isLessThan(Duration.ofSeconds(2));
      assertThat(timed(() -> get(patient.update(ADD, "held")))).isLessThan(Duration.ofSeconds(8));
      signal(node, "CONT");
      awaitLine(output, "failed");
      assertThat(size("held")).isEqualTo(1);
      get(patient.close());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  private static void awaitLine(BufferedReader output, String wanted) throws Exception {
    StringBuilder read = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals(wanted)) {
        return;
      }
      read.append(line).append('\n');
    }
    throw new AssertionError("the node never said '" + wanted + "' but\n" + read);
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }
}
