package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at the data folder of a registry from outside, while it runs or after. */
public record StoredData(Path root) {

  /** Runs a statement of the test's; each row as its columns joined by a bar. */
  public List<String> query(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (results.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= results.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(results.getString(i)));
        }
        rows.add(String.join("|", columns));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Changes the database of a registry that does not run. */
  public void update(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + root.resolve("registry.db"));
  }

  /** Returns the names of the files that uploads are staged in. */
  public List<String> staged() {
    return names(root.resolve("uploads"));
  }

  /** Returns where published bytes would be. */
  public Path file(Digest digest) {
    String hex = digest.hex();
    return root.resolve("blobs")
        .resolve(digest.algorithm().id())
        .resolve(hex.substring(0, 2))
        .resolve(hex);
  }

  /** Returns the files below a folder, relative to the data folder. */
  public List<String> files(String folder) {
    Path start = root.resolve(folder);
    if (!Files.exists(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fails unless the database is sound, and names exactly what is in the folder, all of it whole.
   * For a registry at rest that was not killed, or has been started since.
   */
  public void requireAgreement() {
    requireAgreement(Instant.EPOCH);
  }

  /**
   * As {@link #requireAgreement()}, but trusts in the content of blobs that were published before a
   * moment.
   */
  public void requireAgreement(Instant since) {
    assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
    assertThat(query("PRAGMA foreign_key_check")).isEmpty();
    new BlobAgreement(this).require(since);
    new CopyAgreement(this).require();
    assertThat(names(root))
        .as("what lies in the data folder")
        .isSubsetOf(
            "registry.db",
            "registry.db-wal",
            "registry.db-shm",
            "slipway.lock",
            "running",
            "uploads",
            "blobs",
            "writing",
            "tags",
            "manifests");
  }

  byte[] read(String file) {
    try {
      return Files.readAllBytes(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
