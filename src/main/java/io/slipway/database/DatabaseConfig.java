package io.slipway.database;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Configures the database that knows what the registry has. */
public record DatabaseConfig(
    @Doc("Where the database is: sqlite:/path/to/file; without it, registry.db in storage.path.")
        @Nullable String url,
    @Doc("Threads that read from SQLite at the same time.") @Default("2") int readers) {
  private static final String SQLITE = "sqlite:";

  public DatabaseConfig {
    boolean postgres =
        url != null && (url.startsWith("postgresql:") || url.startsWith("postgres:"));
    new Checks()
        .that(!postgres, "url", "sqlite:/path, because postgresql is not built yet in this version")
        .that(postgres || url == null || isSqlite(url), "url", "sqlite:/path/to/file")
        .range("readers", readers, 1, 64)
        .done();
  }

  /** Returns the SQLite file, which is in the data folder unless the URL names another place. */
  public Path file(Path dataFolder) {
    return url == null
        ? dataFolder.resolve("registry.db")
        : Path.of(url.substring(SQLITE.length()));
  }

  private static boolean isSqlite(String url) {
    return url.startsWith(SQLITE) && url.length() > SQLITE.length();
  }
}
