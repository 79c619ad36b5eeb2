package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** The database file in a folder. */
record SqliteRows(Path root) implements StoredRows {
  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + root.resolve("registry.db"));
  }

  @Override
  public void drop() {
    try {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(root.resolve("registry.db" + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ChangeWatch watchLog() {
    return () -> {
      try {
        return Files.getLastModifiedTime(root.resolve("registry.db-wal"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Override
  public void requireSound(StoredData stored) {
    assertThat(stored.query("PRAGMA integrity_check")).containsExactly("ok");
    assertThat(stored.query("PRAGMA foreign_key_check")).isEmpty();
  }
}
