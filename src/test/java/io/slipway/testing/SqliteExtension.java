package io.slipway.testing;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.sqlite.SqliteDatabase;
import io.slipway.database.sqlite.SqliteOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test an empty SQLite database in a folder of its own. */
public final class SqliteExtension implements BeforeEachCallback, AfterEachCallback {
  private final UnaryOperator<SqliteOptions> options;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  private @Nullable Vertx vertx;
  private @Nullable Path folder;
  private @Nullable Database database;

  public SqliteExtension() {
    this(options -> options);
  }

  public SqliteExtension(UnaryOperator<SqliteOptions> options) {
    this.options = options;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    vertx = Vertx.vertx();
    folder = Files.createTempDirectory("database");
    database = open();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    get(database().close());
    get(vertx().close());
    try (Stream<Path> files = Files.walk(requireNonNull(folder))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Database open() {
    SqliteOptions all = options.apply(SqliteOptions.of(file()));
    return get(SqliteDatabase.open(all, vertx(), meters, fatal::add));
  }

  /** Waits for a future of the database; a collection of it takes its time on a busy machine. */
  public static <T> T get(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within 60 s", e);
    }
  }

  /** Closes the database and opens its file again. */
  public Database reopen() {
    get(database().close());
    database = open();
    return database;
  }

  public Database database() {
    return requireNonNull(database);
  }

  public Vertx vertx() {
    return requireNonNull(vertx);
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  public Path file() {
    return requireNonNull(folder).resolve("slipway.db");
  }

  /** Returns the failures after which the process should have stopped. */
  public List<Throwable> fatal() {
    return fatal;
  }
}
