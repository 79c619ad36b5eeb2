package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.CopyStore;
import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What deletions do on every server, whether it takes many in a request or one. */
public interface DeleteContract {
  S3Storage storage();

  /** Deletes as its users do; the keys that are gone. */
  static List<String> delete(ObjectStore objects, List<String> keys) {
    List<String> gone = new ArrayList<>();
    List<String> rest = keys;
    while (!rest.isEmpty()) {
      int some = Math.min(rest.size(), objects.deletedAtOnce());
      for (SignedDelete request : get(objects.sign(rest.subList(0, some)))) {
        gone.addAll(get(request.send()));
      }
      rest = rest.subList(some, rest.size());
    }
    return gone;
  }

  private void put(List<String> keys) {
    CopyStore copies = storage().copies();
    keys.forEach(key -> get(copies.put(key, Buffer.buffer("x"))));
  }

  private List<String> there() {
    List<String> keys = new ArrayList<>();
    String after = "";
    do {
      ObjectStore.Page page = get(storage().objects().list("", after, Instant.MAX));
      keys.addAll(page.keys());
      after = page.last();
    } while (!after.isEmpty());
    return keys;
  }

  @Test
  default void deletesWhatItIsToldAndNothingElse() {
    List<String> keys = IntStream.range(0, 230).mapToObj(i -> "uploads/u" + i).toList();
    put(keys);
    put(List.of("uploads/u", "uploads/u0.1", "blobs/sha256/kept"));
    assertThat(delete(storage().objects(), keys)).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(there()).containsExactlyInAnyOrder("uploads/u", "uploads/u0.1", "blobs/sha256/kept");
  }

  @Test
  default void saysOfWhatIsNotThereThatItIsGone() {
    put(List.of("uploads/there"));
    List<String> keys = List.of("uploads/there", "uploads/never", "blobs/sha256/never");
    assertThat(delete(storage().objects(), keys)).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(there()).isEmpty();
  }

  @Test
  default void knowsKeysWithAnyCharacters() {
    List<String> keys =
        List.of(
            "uploads/a&b",
            "uploads/<Key>",
            "uploads/]]>",
            "uploads/\"'",
            "uploads/%41+ é😀",
            "uploads/&amp;");
    put(keys);
    put(List.of("uploads/a", "uploads/&", "uploads/A+ é😀"));
    assertThat(delete(storage().objects(), keys)).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(there()).containsExactlyInAnyOrder("uploads/a", "uploads/&", "uploads/A+ é😀");
  }
}
