package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Compares the files of blobs and uploads with their rows, both ways. */
record BlobAgreement(StoredData stored) {

  void require(Instant since) {
    Map<String, Long> named = sizes("SELECT location, size FROM blob WHERE NOT damaged");
    assertThat(stored.files("blobs"))
        .as("files of blobs")
        .containsExactlyElementsOf(named.keySet());
    named.forEach((location, size) -> requireWhole(location, size, since));
    // A session that has no byte may have no file.
    Map<String, Long> sessions =
        sizes("SELECT id, size FROM upload WHERE state IN ('open', 'sealed')");
    assertThat(sessions.keySet()).as("sessions of staged files").containsAll(stored.staged());
    sessions.forEach(this::requireStaged);
  }

  private Map<String, Long> sizes(String sql) {
    Map<String, Long> sizes = new TreeMap<>();
    for (String row : stored.query(sql)) {
      String[] columns = row.split("\\|", -1);
      sizes.put(columns[0], Long.parseLong(columns[1]));
    }
    return sizes;
  }

  private void requireStaged(String id, long size) {
    Path file = stored.root().resolve("uploads").resolve(id);
    try {
      assertThat(Files.exists(file) ? Files.size(file) : 0)
          .as("staged bytes of " + id)
          .isEqualTo(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireWhole(String location, long size, Instant since) {
    Path file = stored.root().resolve(location);
    try {
      assertThat(Files.size(file)).as(location).isEqualTo(size);
      FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
      if (changed.toInstant().isBefore(since)) {
        return;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String[] parts = location.split("/", -1);
    Digest named = Digest.parse(parts[1] + ":" + parts[3]);
    MessageDigest hash = named.algorithm().newMessageDigest();
    hash.update(stored.read(location));
    assertThat(Digest.of(named.algorithm(), hash)).isEqualTo(named);
  }
}
