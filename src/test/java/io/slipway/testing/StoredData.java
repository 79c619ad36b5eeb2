package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /** Fails unless the database is sound and names exactly the bytes that are there, all whole. */
  public void requireAgreement() {
    assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
    assertThat(query("PRAGMA foreign_key_check")).isEmpty();
    Map<String, Long> named = new TreeMap<>();
    for (String row : query("SELECT location, size FROM blob WHERE NOT damaged")) {
      String[] columns = row.split("\\|", -1);
      named.put(columns[0], Long.parseLong(columns[1]));
    }
    assertThat(files("blobs")).as("files of blobs").containsExactlyElementsOf(named.keySet());
    named.forEach(this::requireWhole);
    assertThat(query("SELECT id FROM upload WHERE state IN ('open', 'sealed')"))
        .as("sessions of staged files")
        .containsAll(staged());
  }

  private void requireWhole(String location, long size) {
    Path file = root.resolve(location);
    String[] parts = location.split("/", -1);
    Digest named = Digest.parse(parts[1] + ":" + parts[3]);
    try {
      assertThat(Files.size(file)).as(location).isEqualTo(size);
      MessageDigest hash = named.algorithm().newMessageDigest();
      hash.update(Files.readAllBytes(file));
      assertThat(Digest.of(named.algorithm(), hash)).isEqualTo(named);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
