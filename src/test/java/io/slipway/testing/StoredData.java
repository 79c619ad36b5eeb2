package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the stores of a registry from outside, while it runs or after.
 *
 * @param root the data folder
 */
public record StoredData(Path root, StoredRows rows, StoredBytes bytes) {
  /** Looks at a registry that keeps everything in its data folder. */
  public StoredData(Path root) {
    this(root, new SqliteRows(root), new FolderBytes(root));
  }

  /** Looks at the stores that the profile of this run gives to the registry of a folder. */
  public static StoredData of(Path root) {
    return TestProfile.stored(root);
  }

  /** Runs a statement of the test's; each row as its columns joined by a bar. */
  public List<String> query(String sql) {
    try (Connection connection = rows.connect();
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (results.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= results.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(results.getString(i)));
        }
        found.add(String.join("|", columns));
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Changes the database of a registry that does not run. */
  public void update(String sql) {
    try (Connection connection = rows.connect();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Keeps everybody else from changing a SQLite database, until what it returns is closed. */
  public Connection hold() throws SQLException {
    Connection connection = rows.connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Loses the database of a registry that does not run. */
  public void dropDatabase() {
    try {
      rows.drop();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Looks at the log of the database, until the watch is closed. */
  public ChangeWatch watchLog() {
    try {
      return rows.watchLog();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Looks at what the registry does with bytes. */
  public ChangeWatch watchBytes() {
    return bytes.watch();
  }

  /** Returns the names of what belongs to uploads that did not end well. */
  public List<String> staged() {
    return bytes.staged(this);
  }

  /** Makes all bytes look older, so that housekeeping looks at them. */
  public void age(Duration by) {
    bytes.age(by);
  }

  /** Returns where the files of a folder have published bytes. */
  public Path file(Digest digest) {
    String hex = digest.hex();
    return root.resolve("blobs")
        .resolve(digest.algorithm().id())
        .resolve(hex.substring(0, 2))
        .resolve(hex);
  }

  /** Returns the keys below a folder: files relative to the data folder, or objects. */
  public List<String> files(String folder) {
    return bytes.list(folder);
  }

  public byte[] read(String key) {
    return bytes.read(key);
  }

  /** Puts other bytes where a registry has some. */
  public void write(String key, byte[] content) {
    bytes.write(key, content);
  }

  public void delete(String key) {
    bytes.delete(key);
  }

  /** Returns how many objects of a bucket were copied so far, of all registries. */
  public int copied() {
    return bytes.copied();
  }

  /** Makes everything fail from now on that would write below a folder. */
  public void refuseWrites(String folder) {
    bytes.refuseWrites(folder);
  }

  /**
   * Fails unless the database is sound, names exactly what is stored, all of it whole, and knows
   * how much that is. For a registry at rest that was not killed, or has been started since.
   */
  public void requireAgreement() {
    requireAgreement(Instant.EPOCH);
  }

  /**
   * As {@link #requireAgreement()}, but trusts in the content of blobs that were published before a
   * moment.
   */
  public void requireAgreement(Instant since) {
    rows.requireSound(this);
    bytes.requireAgreement(this, since);
    new CopyAgreement(this).require();
    new CountedStatistics(this::query).requireAgreement();
    assertThat(FolderBytes.names(root))
        .as("what lies in the data folder")
        .isSubsetOf(
            "registry.db",
            "registry.db-wal",
            "registry.db-shm",
            "slipway.lock",
            "storage.id",
            "node.id",
            "owner.key",
            "token.key",
            "running",
            "uploads",
            "blobs",
            "writing",
            "tags",
            "manifests",
            "quarantine");
  }
}
