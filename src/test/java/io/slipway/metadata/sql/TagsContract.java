package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.MetadataContract.refusal;
import static io.slipway.metadata.sql.MetadataContract.winners;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.StoredManifest;
import io.slipway.metadata.TagCondition;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every database does with tags: conditions, versions, history, deletion. */
public interface TagsContract extends MetadataContract {
  Tag TAG = new Tag("latest");

  /** Version, what it names and whether it has ended, oldest first. */
  String HISTORY =
      """
      SELECT version || ' ' || COALESCE(digest, 'deleted') ||
        CASE WHEN ended_at IS NULL THEN '' ELSE ' ended' END AS value
      FROM tag_history ORDER BY name, version
      """;

  default Optional<Digest> tagged() {
    return get(manifests().find(APP, TAG)).map(StoredManifest::digest);
  }

  default Future<Void> push(String content, TagCondition condition) {
    return manifests().put(manifest(content).tags(TAG.text()).when(condition).build());
  }

  default void push(String content) {
    get(push(content, new TagCondition.None()));
  }

  static TagCondition names(String... contents) {
    return new TagCondition.Names(Stream.of(contents).map(MetadataContract::digest).toList());
  }

  static TagCondition condition(String name) {
    return switch (name) {
      case "none" -> new TagCondition.None();
      case "absent" -> new TagCondition.Absent();
      case "present" -> new TagCondition.Present();
      case "names old" -> names("old");
      case "names other" -> names("x", "y");
      case "names one of them" -> names("x", "old");
      default -> names();
    };
  }

  /** The tag is not there, or was deleted, or names "old", or names already "new". */
  @ParameterizedTest
  @CsvSource({
    "none,              true,  true,  true,  true",
    "absent,            true,  true,  false, false",
    "present,           false, false, true,  true",
    "names old,         false, false, true,  true",
    "names other,       false, false, false, true",
    "names one of them, false, false, true,  true",
    "names nothing,     false, false, false, true",
  })
  default void movesATagWhenItsConditionHolds(
      String condition, boolean never, boolean deleted, boolean old, boolean already) {
    assertMoves(never, condition);
    push("old");
    get(manifests().deleteTag(APP, TAG, ACTOR));
    assertMoves(deleted, condition);
    push("old");
    assertMoves(old, condition);
    push("new");
    // The answer to an earlier try may have been lost.
    assertMoves(already, condition);
  }

  private void assertMoves(boolean expected, String condition) {
    Optional<Digest> before = tagged();
    long events = count("outbox");
    List<String> history = rows(HISTORY);
    Future<Void> push = push("new", condition(condition));
    if (expected) {
      get(push);
      assertThat(tagged()).contains(digest("new"));
      get(manifests().deleteTag(APP, TAG, ACTOR));
    } else {
      assertThat(refusal(ErrorCode.PRECONDITION_FAILED, push).getMessage())
          .contains(TAG.text(), APP.text());
      assertThat(tagged()).isEqualTo(before);
      assertThat(count("outbox")).isEqualTo(events);
      assertThat(rows(HISTORY)).isEqualTo(history);
    }
  }

  @Test
  default void tellsWhichConditionDidNotHold() {
    push("old");
    assertThat(refusal(ErrorCode.PRECONDITION_FAILED, push("a", condition("absent"))))
        .hasMessageEndingWith("it exists");
    assertThat(refusal(ErrorCode.PRECONDITION_FAILED, push("a", condition("names other"))))
        .hasMessageContaining("If-Match");
    get(manifests().deleteTag(APP, TAG, ACTOR));
    assertThat(refusal(ErrorCode.PRECONDITION_FAILED, push("a", condition("present"))))
        .hasMessageEndingWith("it does not exist");
  }

  @Test
  default void movesAllTagsOrNone() {
    get(manifests().put(manifest("old").tags("b").build()));
    forgetChanges();
    refusal(
        ErrorCode.PRECONDITION_FAILED,
        manifests().put(manifest("new").tags("a", "b").when(new TagCondition.Absent()).build()));
    assertThat(get(manifests().find(APP, new Tag("a")))).isEmpty();
    assertThat(get(manifests().find(APP, digest("new")))).isEmpty();
    assertThat(events()).isEmpty();
    assertThat(copies()).isEmpty();
  }

  @Test
  default void countsTheVersionsOfATagThroughItsDeletion() {
    push("one");
    push("two");
    get(manifests().deleteTag(APP, TAG, ACTOR));
    push("three");
    assertThat(rows(HISTORY))
        .containsExactly(
            "1 " + digest("one") + " ended",
            "2 " + digest("two") + " ended",
            "3 deleted ended",
            "4 " + digest("three"));
    assertThat(rows("SELECT CAST(version AS TEXT) AS value FROM tag")).containsExactly("4");
    assertThat(rows("SELECT actor AS value FROM tag_history").getFirst()).isEqualTo(ACTOR.name());
  }

  @Test
  default void deletesATagAndLeavesItsManifest() {
    push("image");
    get(manifests().put(manifest("other").build()));
    forgetChanges();
    age("manifest");
    assertThat(get(manifests().deleteTag(APP, TAG, ACTOR))).isPresent();
    assertThat(tagged()).isEmpty();
    assertThat(get(manifests().find(APP, digest("image")))).isPresent();
    // The loss of a name starts the grace.
    assertThat(touched("manifest")).containsExactly(digest("image").text());
    assertThat(events()).containsExactly("tag.deleted");
    assertThat(lastEvent().getString("tag")).isEqualTo(TAG.text());
    assertThat(lastEvent().getLong("tag_version")).isEqualTo(2);
    assertThat(copies()).containsExactly("tag " + TAG);
  }

  @Test
  default void deletesATagOnce() {
    assertThat(get(manifests().deleteTag(APP, TAG, ACTOR))).isEmpty();
    assertNothingWritten();
    push("image");
    get(manifests().deleteTag(APP, TAG, ACTOR));
    forgetChanges();
    assertThat(get(manifests().deleteTag(APP, TAG, ACTOR))).isEmpty();
    assertThat(events()).isEmpty();
    assertThat(copies()).isEmpty();
    assertThat(rows(HISTORY)).hasSize(2);
  }

  @Test
  default void givesEachOfManyPushesItsVersion() {
    List<Future<Void>> pushes =
        IntStream.range(0, 30).mapToObj(i -> push("image" + i, new TagCondition.None())).toList();
    pushes.forEach(MetadataContract::get);
    List<String> history = rows(HISTORY);
    assertThat(history).hasSize(30);
    assertThat(history.subList(0, 29)).allMatch(row -> row.endsWith(" ended"));
    assertThat(history.getLast()).isEqualTo("30 " + tagged().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"absent, false", "names old, true"})
  default void letsOneOfManyConditionalPushesWin(String condition, boolean old) {
    if (old) {
      push("old");
    }
    List<Future<Boolean>> pushes =
        IntStream.range(0, 20)
            .mapToObj(i -> push("image" + i, condition(condition)).map(true))
            .toList();
    assertThat(winners(pushes)).isEqualTo(1);
    assertThat(rows(HISTORY)).hasSize(old ? 2 : 1);
  }
}
