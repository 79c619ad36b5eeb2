package io.slipway.testing;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.PostgresUrl;
import io.slipway.database.postgres.PostgresDatabase;
import io.slipway.database.postgres.PostgresOptions;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test an empty PostgreSQL database on the server of this JVM. */
public final class PostgresExtension implements BeforeEachCallback, AfterEachCallback {
  /** Quicker than to make the tables anew, which waits for the disk at every file. */
  private static final String EMPTY =
      """
      DO $$ DECLARE name TEXT; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables
          WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
          EXECUTE 'DELETE FROM ' || quote_ident(name);
        END LOOP;
      END $$
      """;

  private final UnaryOperator<PostgresOptions> options;
  private final String name;
  private final List<SimpleMeterRegistry> meters = new ArrayList<>();
  private final List<Database> opened = new ArrayList<>();
  private @Nullable Vertx vertx;
  private @Nullable PostgresUrl url;

  public PostgresExtension() {
    this(options -> options);
  }

  public PostgresExtension(UnaryOperator<PostgresOptions> options) {
    this(options, "");
  }

  private PostgresExtension(UnaryOperator<PostgresOptions> options, String name) {
    this.options = options;
    this.name = name;
  }

  /** Returns one with a database of its own beside that of another extension of the class. */
  public static PostgresExtension named(String name) {
    return new PostgresExtension(options -> options, name);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    vertx = Vertx.vertx();
    PostgresServer server = PostgresServer.shared();
    // Making a database waits for a checkpoint, which is long: one for all tests of a class.
    url =
        context
            .getParent()
            .orElseThrow()
            .getStore(ExtensionContext.Namespace.create(PostgresExtension.class))
            .getOrComputeIfAbsent(
                "database " + name, ignored -> server.createSortingDatabase(), PostgresUrl.class);
    server.execute(url().database(), EMPTY);
    open();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    opened.forEach(database -> SqliteExtension.get(database.close()));
    opened.clear();
    meters.clear();
    SqliteExtension.get(vertx().close());
  }

  /** Opens the same database once more, as another node does. */
  public Database open() {
    PostgresOptions all = options.apply(PostgresOptions.of(url()));
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Database database = SqliteExtension.get(PostgresDatabase.open(all, vertx(), registry));
    meters.add(registry);
    opened.add(database);
    return database;
  }

  public Database database() {
    return opened.getFirst();
  }

  public Vertx vertx() {
    return requireNonNull(vertx);
  }

  public PostgresUrl url() {
    return requireNonNull(url);
  }

  /** Returns a counter of all that were opened. */
  public double count(String meter) {
    return meters.stream().mapToDouble(registry -> registry.counter(meter).count()).sum();
  }
}
