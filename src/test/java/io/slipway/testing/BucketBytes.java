package io.slipway.testing;

import io.slipway.testing.FakeObjects.Multipart;
import io.slipway.testing.FakeObjects.Stored;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The objects of a bucket below a prefix, which keys here go without. */
record BucketBytes(FakeS3 s3, String prefix) implements StoredBytes {
  @Override
  public List<String> list(String folder) {
    return objects(folder + "/").keySet().stream().toList();
  }

  /** Returns the objects that exist now whose keys begin so. */
  Map<String, Stored> objects(String start) {
    Map<String, Stored> found = new TreeMap<>();
    s3.kept().objects.tailMap(prefix + start).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix + start))
        .forEach(entry -> found.put(own(entry.getKey()), entry.getValue()));
    return found;
  }

  /** Returns the unfinished multipart uploads that exist now, by their ids. */
  Map<String, Multipart> multiparts() {
    Map<String, Multipart> found = new TreeMap<>();
    s3.kept()
        .multiparts
        .forEach(
            (id, one) -> {
              if (one.key().startsWith(prefix)) {
                found.put(id, new Multipart(own(one.key()), one.parts(), one.time()));
              }
            });
    return found;
  }

  /** Returns the keys that were written more than once. */
  List<String> overwritten() {
    return s3.overwritten().stream().filter(key -> key.startsWith(prefix)).map(this::own).toList();
  }

  private String own(String key) {
    return key.substring(prefix.length());
  }

  @Override
  public byte[] read(String key) {
    return s3.read(prefix + key);
  }

  @Override
  public void write(String key, byte[] content) {
    s3.kept().objects.put(prefix + key, new Stored(Buffer.buffer(content), Instant.now()));
  }

  @Override
  public void delete(String key) {
    s3.remove(prefix + key);
  }

  @Override
  public int copied() {
    return s3.copied();
  }

  @Override
  public void refuseWrites(String folder) {
    s3.denied("^PUT " + Pattern.quote(prefix + folder + "/"), Integer.MAX_VALUE);
  }

  @Override
  public ChangeWatch watch() {
    return s3::received;
  }

  /** Returns objects and unfinished uploads, except those that a finished upload left. */
  @Override
  public void age(Duration by) {
    s3.age(by);
  }

  @Override
  public List<String> staged(StoredData stored) {
    Collection<String> keys =
        Stream.concat(
                objects("uploads/").keySet().stream(),
                multiparts().values().stream()
                    .map(Multipart::key)
                    .filter(key -> key.startsWith("uploads/")))
            .toList();
    Set<String> named = new HashSet<>(BucketNames.located(stored));
    Set<String> finished =
        new HashSet<>(stored.query("SELECT id FROM upload WHERE state = 'finished'"));
    return keys.stream()
        .filter(key -> !named.contains(key) && !finished.contains(BucketNames.upload(key)))
        .toList();
  }

  @Override
  public void requireAgreement(StoredData stored, Instant since) {
    new BucketAgreement(stored, this).require(since);
  }
}
