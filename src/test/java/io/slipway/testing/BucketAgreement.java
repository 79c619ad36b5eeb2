package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.BucketNames.Session;
import io.slipway.testing.FakeObjects.Multipart;
import io.slipway.testing.FakeObjects.Stored;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the objects of a bucket with the rows that name them, both ways. The registry may move
 * blobs and delete trash meanwhile: what is there is listed before its name is asked for, and what
 * has none must still be there afterwards to count.
 */
record BucketAgreement(StoredData stored, BucketBytes bucket) {

  void require(Instant since) {
    requireBlobs(since);
    requireSessions();
    requireNames();
    assertThat(bucket.objects("owner/").keySet())
        .as("registries that work here")
        .containsExactly("owner/" + new String(read("storage.id"), UTF_8).strip());
    assertThat(bucket.overwritten())
        .as("keys that two writers used")
        .noneMatch(key -> key.startsWith("uploads/"));
  }

  private byte[] read(String file) {
    return new FolderBytes(stored.root()).read(file);
  }

  private void requireBlobs(Instant since) {
    for (String row : stored.query("SELECT digest, size, location FROM blob WHERE NOT damaged")) {
      String[] columns = row.split("\\|", 3);
      Stored object = bucket.objects(columns[2]).get(columns[2]);
      assertThat(object).as("%s at %s", columns[0], columns[2]).isNotNull();
      assertThat((long) object.bytes().length()).as(row).isEqualTo(Long.parseLong(columns[1]));
      if (!object.time().isBefore(since)) {
        Digest named = Digest.parse(columns[0]);
        MessageDigest hash = named.algorithm().newMessageDigest();
        hash.update(object.bytes().getBytes());
        assertThat(Digest.of(named.algorithm(), hash)).as(row).isEqualTo(named);
      }
    }
  }

  /** What was acknowledged of an upload can be gone on with. */
  private void requireSessions() {
    BucketNames.sessions(stored)
        .forEach(
            (id, session) -> {
              if (session.isGoingOn()) {
                requireStaged(id, session);
              }
            });
  }

  private void requireStaged(String id, Session session) {
    assertThat(session.bytes())
        .as("bytes of the upload %s: %s", id, session)
        .isEqualTo(session.size());
    Map<String, Long> found = new TreeMap<>();
    bucket
        .objects("uploads/" + id)
        .forEach((key, object) -> found.put(key, (long) object.bytes().length()));
    assertThat(found).as("objects of the upload %s", id).containsAllEntriesOf(session.objects());
    String multipart = session.multipart();
    if (multipart != null) {
      Multipart unfinished = bucket.multiparts().get(multipart);
      if (unfinished == null && session.state().equals("sealed")) {
        assertThat(found)
            .as("the upload as one object")
            .containsEntry("uploads/" + id, session.size());
        return;
      }
      Map<String, Long> parts = new TreeMap<>();
      if (unfinished != null) {
        unfinished
            .parts()
            .forEach(
                (number, part) ->
                    parts.put(number + " " + part.tag(), (long) part.bytes().length()));
      }
      assertThat(parts).as("parts of the upload %s", id).containsAllEntriesOf(session.parts());
    }
  }

  private void requireNames() {
    Set<String> objects = bucket.objects("").keySet();
    Map<String, Multipart> multiparts = bucket.multiparts();
    Set<String> located = new HashSet<>(BucketNames.located(stored));
    List<String> moving = BucketNames.moving(stored);
    Map<String, Session> sessions = BucketNames.sessions(stored);
    Set<String> nameless = new TreeSet<>();
    for (String key : objects) {
      boolean named =
          switch (key.substring(0, Math.max(0, key.indexOf('/')))) {
            case "uploads" -> located.contains(key) || mayHave(sessions, key);
            case "blobs" -> located.contains(key);
            // Compared with their rows elsewhere.
            case "tags", "manifests", "owner", "databases" -> true;
            default -> false;
          };
      if (!named) {
        nameless.add(key);
      }
    }
    nameless.retainAll(bucket.objects("").keySet());
    assertThat(nameless).as("objects that nothing names").isEmpty();
    multiparts.values().removeIf(one -> moving.contains(one.key()) || mayHave(sessions, one.key()));
    multiparts.keySet().retainAll(bucket.multiparts().keySet());
    assertThat(multiparts.values().stream().map(Multipart::key))
        .as("unfinished uploads that nothing names")
        .isEmpty();
  }

  /** A finished upload knows whether there may be more than its blob. */
  private static boolean mayHave(Map<String, Session> sessions, String key) {
    Session session = key.startsWith("uploads/") ? sessions.get(BucketNames.upload(key)) : null;
    return session != null && (!session.isFinished() || session.isLittered());
  }
}
