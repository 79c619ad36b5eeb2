package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.RepositoryStatistics;
import io.slipway.metadata.Statistics;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.TagCondition;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.testing.AroundTransactions;
import io.slipway.testing.CountedStatistics;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every database knows about how much there is. */
public interface StatisticsContract extends MetadataContract {
  long SEED = 20261121;

  default SqlStatistics statistics() {
    return new SqlStatistics(database());
  }

  default boolean fold() {
    return get(new StatisticsFold(database()).run());
  }

  default Statistics totals() {
    return get(statistics().totals());
  }

  default void requireAgreement() {
    new CountedStatistics(sql -> rows(sql)).requireAgreement();
  }

  @Test
  default void knowsNothingOfNothing() {
    assertThat(totals()).isEqualTo(Statistics.NONE);
    assertThat(get(statistics().repositories(RepositoryFilter.ALL, "", 10))).isEmpty();
    assertThat(fold()).isFalse();
  }

  @Test
  default void tellsTheSameBeforeAndAfterItIsAddedUp() {
    StoredBlob config = commit(APP, "config");
    StoredBlob layer = commit(APP, "layer");
    commit(OTHER, "layer");
    get(manifests().put(manifest("one").blobs(config, layer).tags("a", "b").build()));
    get(manifests().put(manifest("two").build()));
    Statistics expected = new Statistics(1, 2, 1, 2, 2, 11, 11, 0, 1, 2);
    assertThat(totals()).isEqualTo(expected);
    List<RepositoryStatistics> details =
        get(statistics().repositories(RepositoryFilter.ALL, "", 10));
    assertThat(details).hasSize(1);
    assertThat(details.getFirst().lastPush()).isPresent();
    assertThat(details)
        .containsExactly(
            new RepositoryStatistics(APP.text(), 2, 1, 11, details.getFirst().lastPush()));
    assertThat(fold()).isFalse();
    assertThat(count("statistics_change")).isZero();
    assertThat(totals()).isEqualTo(expected);
    assertThat(get(statistics().repositories(RepositoryFilter.ALL, "", 10))).isEqualTo(details);
    requireAgreement();
  }

  @Test
  default void countsAnImageFromItsFirstTagOnUntilItIsDeleted() {
    get(manifests().put(manifest("one").build()));
    assertThat(totals().images()).isZero();
    get(manifests().put(manifest("one").tags("a").build()));
    get(manifests().put(manifest("one").tags("b").build()));
    get(manifests().put(manifest("two").tags("a", "b").build()));
    assertThat(totals().images()).isEqualTo(2);
    assertThat(totals().tags()).isEqualTo(2);
    get(manifests().deleteTag(APP, new Tag("a"), ACTOR));
    get(manifests().deleteTag(APP, new Tag("a"), ACTOR));
    assertThat(totals().tags()).isEqualTo(1);
    assertThat(totals().images()).isEqualTo(2);
    get(manifests().delete(APP, digest("two"), ACTOR));
    assertThat(totals()).extracting(Statistics::tags, Statistics::images).containsExactly(0L, 1L);
    requireAgreement();
  }

  @Test
  default void countsHitsAndMissesOfPushes() {
    StoredBlob blob = commit(APP, "a");
    commit(APP, "a");
    get(links().mount(OTHER, blob.digest(), Optional.of(APP), RepositoryFilter.ALL, ACTOR));
    get(links().mount(OTHER, digest("none"), Optional.of(APP), RepositoryFilter.ALL, ACTOR));
    SqlPushHits hits = new SqlPushHits(database());
    hits.spared();
    hits.spared();
    assertThat(totals().pushHits()).as("not written yet").isEqualTo(2);
    get(hits.flush());
    get(hits.flush());
    assertThat(totals().pushHits()).isEqualTo(4);
    assertThat(totals().pushMisses()).isEqualTo(1);
    assertThat(totals().pushHitRate()).isEqualTo(80.0);
    // What was collected meanwhile is stored anew.
    get(links().unlink(APP, blob.digest(), ACTOR));
    get(links().unlink(OTHER, blob.digest(), ACTOR));
    collect(blob);
    commit(APP, "a");
    assertThat(totals().pushMisses()).isEqualTo(2);
    requireAgreement();
  }

  @Test
  default void countsNoHitTwiceWhoseCommitWasNotHeardOf() {
    SqlPushHits hits =
        new SqlPushHits(
            new AroundTransactions(
                database(),
                Future::succeededFuture,
                () -> Future.failedFuture(new IllegalStateException("the answer is lost"))));
    hits.spared();
    assertThat(get(hits.flush().map(true).otherwise(false))).isFalse();
    get(hits.flush().otherwiseEmpty());
    assertThat(totals().pushHits()).isEqualTo(1);
  }

  @Test
  default void keepsHitsThatCouldNotBeWritten() {
    Deque<Future<?>> answers =
        new ArrayDeque<>(List.of(Future.failedFuture(new IllegalStateException("away"))));
    SqlPushHits hits =
        new SqlPushHits(
            new AroundTransactions(
                database(),
                () -> answers.isEmpty() ? Future.succeededFuture() : answers.pop(),
                Future::succeededFuture));
    hits.spared();
    assertThat(get(hits.flush().map(true).otherwise(false))).isFalse();
    get(hits.flush());
    assertThat(totals().pushHits()).isEqualTo(1);
  }

  /** Deletes a blob without a link as collection does. */
  private void collect(StoredBlob blob) {
    get(
        database()
            .transaction(
                transaction ->
                    transaction
                        .query(
                            "DELETE FROM blob WHERE digest = $1 RETURNING size",
                            row -> row.number("size"),
                            blob.digest().text())
                        .compose(
                            sizes -> {
                              Tally tally = new Tally();
                              sizes.forEach(tally::deletedBlob);
                              return tally.write(transaction);
                            })));
  }

  @Test
  default void countsNothingOfAPushThatIsRefused() {
    get(manifests().put(manifest("one").tags("a").build()));
    Statistics before = totals();
    refused(manifests().put(manifest("two").tags("a").when(new TagCondition.Absent()).build()));
    refused(manifests().put(manifest("three").blobs(blob("absent")).tags("b").build()));
    assertThat(totals()).isEqualTo(before);
    requireAgreement();
  }

  private static void refused(Future<?> call) {
    Throwable cause =
        get(call.map(done -> (Throwable) new AssertionError()).recover(Future::succeededFuture));
    assertThat(cause).isInstanceOf(RegistryException.class);
  }

  @Test
  default void survivesImagesOfAnySize() {
    StoredBlob huge = new StoredBlob(digest("huge"), Long.MAX_VALUE, "nowhere");
    for (int i = 0; i < 20; i++) {
      get(manifests().put(manifest("m" + i).blobs(huge).sparse().tags("t" + i).build()));
    }
    fold();
    assertThat(totals().averageImageBytes()).isEqualTo(Tally.MOST_IMAGE_SIZE);
    for (int i = 0; i < 20; i++) {
      get(manifests().delete(APP, digest("m" + i), ACTOR));
    }
    assertThat(totals().averageImageBytes()).isZero();
    requireAgreement();
  }

  @Test
  default void listsRepositoriesThatHoldAManifestByPages() {
    for (int i = 0; i < 5; i++) {
      RepositoryName repository = new RepositoryName("r" + i);
      get(manifests().put(manifest("m").in(repository).tags("t").build()));
      if (i % 2 == 0) {
        fold();
      }
    }
    commit(new RepositoryName("empty"), "blob");
    get(manifests().delete(new RepositoryName("r3"), digest("m"), ACTOR));
    assertThat(names("", 3)).containsExactly("r0", "r1", "r2");
    assertThat(names("r2", 3)).containsExactly("r4");
    assertThat(totals().repositories()).isEqualTo(4);
    fold();
    assertThat(totals().repositories()).isEqualTo(4);
    requireAgreement();
  }

  private List<String> names(String after, int limit) {
    return get(statistics().repositories(RepositoryFilter.ALL, after, limit)).stream()
        .map(RepositoryStatistics::name)
        .toList();
  }

  @Test
  default void countsAnewWhatWasWrittenByOtherWays() {
    StoredBlob blob = commit(APP, "a");
    commit(OTHER, "a");
    get(manifests().put(manifest("one").blobs(blob).tags("a").build()));
    fold();
    commit(APP, "a");
    Statistics before = totals();
    get(database().update("UPDATE statistics SET tags = 7, manifests = 3, linked_bytes = 1"));
    get(database().update("UPDATE manifest SET tag_pushes = 0"));
    get(new StatisticsRecount(database()).run());
    assertThat(totals()).isEqualTo(before);
    requireAgreement();
  }

  @Test
  default void agreesWithTheTablesAfterAnyMixture() {
    Mixture mixture = new Mixture(database(), new Random(SEED));
    for (int i = 0; i < 600; i++) {
      get(mixture.step());
      if (i % 100 == 99) {
        requireAgreement();
      }
    }
    assertThat(mixture.kinds()).as("kinds of changes that succeeded").isEqualTo(Mixture.KINDS);
  }
}
