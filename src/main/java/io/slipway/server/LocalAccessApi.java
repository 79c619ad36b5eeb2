package io.slipway.server;

import io.slipway.auth.Caller;
import io.slipway.auth.sql.SqlAudit;
import io.slipway.database.Database;
import io.slipway.database.DatabaseConfig;
import io.slipway.database.Migrations;
import io.slipway.database.postgres.PostgresDatabase;
import io.slipway.database.postgres.PostgresOptions;
import io.slipway.database.sqlite.SqliteDatabase;
import io.slipway.database.sqlite.SqliteOptions;
import io.slipway.http.api.AccessOperations;
import io.slipway.http.api.AccessReply;
import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Works on the database of a registry itself; servers on the same PostgreSQL obey within a second.
 */
final class LocalAccessApi implements AccessApi {
  private static final Duration OPENING = Duration.ofMinutes(5);
  private static final Duration WORK = Duration.ofSeconds(60);
  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final String COMMAND = "a command about access (process %d)";

  private final Vertx vertx;
  private final Metrics metrics;
  private final Optional<DataFolder> folder;
  private final Database database;
  private final AccessOperations operations;

  private LocalAccessApi(
      Vertx vertx,
      Metrics metrics,
      Optional<DataFolder> folder,
      Database database,
      RegistryConfig config) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.folder = folder;
    this.database = database;
    this.operations =
        new AccessOperations(
            Access.administration(vertx, config.auth(), database, Optional.empty()),
            new SqlAudit(database));
  }

  /**
   * Opens the database, and takes the folder of one that is in a file.
   *
   * @throws FolderInUseException when another process has the folder
   */
  static LocalAccessApi open(RegistryConfig config) throws IOException {
    Optional<DataFolder> folder =
        config.database().postgres().isPresent()
            ? Optional.empty()
            : Optional.of(DataFolder.take(config.storage().path()));
    Vertx vertx = ServerVertx.alone();
    Metrics metrics = new Metrics();
    try {
      if (folder.isPresent()) {
        folder.get().runs(COMMAND.formatted(ProcessHandle.current().pid()));
      }
      Database database = await(database(vertx, metrics, config, folder), OPENING);
      return new LocalAccessApi(vertx, metrics, folder, database, config);
    } catch (IOException | RuntimeException e) {
      end(vertx, metrics, folder);
      throw e;
    }
  }

  private static Future<Database> database(
      Vertx vertx, Metrics metrics, RegistryConfig config, Optional<DataFolder> folder) {
    DatabaseConfig settings = config.database();
    Future<? extends Database> opened =
        folder.isPresent()
            ? SqliteDatabase.open(
                SqliteOptions.of(settings.file(folder.get().root())),
                vertx,
                metrics.registry(),
                ignored -> {})
            : PostgresDatabase.open(
                PostgresOptions.of(settings.postgres().orElseThrow(), settings),
                vertx,
                metrics.registry());
    return opened.compose(LocalAccessApi::prepared);
  }

  private static Future<Database> prepared(Database database) {
    return Migrations.bundled()
        .apply(database)
        .map(database)
        .recover(cause -> database.close().transform(ignored -> Future.failedFuture(cause)));
  }

  @Override
  public Said ask(String method, String target, @Nullable JsonObject body) throws IOException {
    JsonObject json = body == null ? new JsonObject() : body;
    Future<AccessReply> reply =
        Future.future(
            promise ->
                vertx.runOnContext(
                    ignored ->
                        Future.succeededFuture()
                            .compose(here -> operations.run(method, target, json, Caller.owner("")))
                            .onComplete(promise)));
    AccessReply said = await(reply, WORK);
    return new Said(
        said.body().map(bytes -> bytes.toString(StandardCharsets.UTF_8)).orElse(""), said.next());
  }

  @Override
  public void close() throws IOException {
    try {
      await(database.close(), CLOSING);
    } finally {
      end(vertx, metrics, folder);
    }
  }

  private static void end(Vertx vertx, Metrics metrics, Optional<DataFolder> folder)
      throws IOException {
    try {
      await(vertx.close(), CLOSING);
    } finally {
      metrics.close();
      DataFolder taken = folder.orElse(null);
      if (taken != null) {
        taken.release(true);
      }
    }
  }

  private static <T> T await(Future<T> future, Duration timeout) throws IOException {
    try {
      return future.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("tried to work on the access rules but it took too long", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
    }
  }
}
