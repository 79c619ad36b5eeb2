package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.metadata.RepositoryStatistics;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import io.slipway.testing.WatchedDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database shows of the repositories that somebody may see. */
public interface RepositoryFilterContract extends MetadataContract {
  /** Of a hundred repositories each. */
  int TEAMS = Boolean.getBoolean("slipway.long") ? 1_000 : 200;

  /**
   * A page of what a filter lets through takes at most so many times one of everything; under load,
   * asking a hundred names for each that is shown takes forty times as long.
   */
  int DEARER = 20;

  int ROUNDS = Boolean.getBoolean("slipway.long") ? 5_000 : 300;

  /** Makes repositories that hold a manifest, two of them in every third. */
  default void fill(Collection<String> names) {
    List<String> all = List.copyOf(names);
    get(
        database()
            .update(
                "INSERT INTO repository (name, created_at) SELECT n.name, 1 FROM unnest($1) AS n"
                    + " (name)",
                all));
    for (int copy = 0; copy < 2; copy++) {
      int every = copy == 0 ? 1 : 3;
      List<String> some =
          IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get).toList();
      get(
          database()
              .update(
                  "INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations,"
                      + " size, image_size, created_at, touched_at, content) SELECT n.name, $2,"
                      + " 'm', 'a', '{}', 1, 0, 1, 1, $3 FROM unnest($1) AS n (name)",
                  some,
                  "sha256:" + copy,
                  new byte[1]));
    }
  }

  private List<String> page(RepositoryFilter filter, String after, int limit) {
    return get(listings().repositories(filter, after, limit));
  }

  private static RepositoryFilter filter(String... patterns) {
    return RepositoryFilter.of(List.of(patterns).stream().map(RepositoryPattern::parse).toList());
  }

  @Test
  default void showsWhatMatchesOnceAndInTheOrderOfBytes() {
    fill(List.of("a", "a--b", "a.b", "a/b", "a/b/c", "a0", "a_b", "ab", "b", "b/c"));
    assertThat(page(filter("a*", "a_*", "*b", "**/c"), "", 10))
        .containsExactly("a", "a--b", "a.b", "a/b/c", "a0", "a_b", "ab", "b", "b/c");
    assertThat(page(filter("a_*"), "", 10)).containsExactly("a_b");
    assertThat(page(filter("a/*"), "", 10)).containsExactly("a/b");
    assertThat(page(filter("a/**", "a/b"), "", 10)).containsExactly("a/b", "a/b/c");
    assertThat(page(filter("b", "a/b", "none"), "", 10)).containsExactly("a/b", "b");
    assertThat(page(filter("b", "a/b"), "a/b", 10)).containsExactly("b");
    assertThat(page(filter("a*").and(filter("*b", "b/*")), "", 10))
        .containsExactly("a--b", "a.b", "a_b", "ab");
    assertThat(page(filter("a").and(filter("b")), "", 10)).isEmpty();
    assertThat(page(RepositoryFilter.NONE, "", 10)).isEmpty();
    assertThat(page(filter("**"), "a_b", 2)).containsExactly("ab", "b");
  }

  @Test
  default void agreesWithTheFilterWhateverItIs() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeSet<String> names = new TreeSet<>();
    while (names.size() < 300) {
      names.add(path(random, List.of("a", "b", "ab", "a_b", "a-b", "b.a", "c0"), 4));
    }
    names.add("a/".repeat(127) + "b");
    fill(names);
    for (int round = 0; round < ROUNDS; round++) {
      RepositoryFilter filter = random(random);
      for (int narrowed = random.nextInt(3); narrowed > 0; narrowed--) {
        filter = filter.and(random(random));
      }
      RepositoryFilter asked = filter;
      String after = random.nextInt(3) == 0 ? "" : path(random, List.of("a", "b", "c~", "é"), 3);
      int limit = 1 + random.nextInt(random.nextBoolean() ? 400 : 5);
      List<String> expected =
          names.tailSet(after, false).stream()
              .filter(name -> asked.matches(new RepositoryName(name)))
              .limit(limit)
              .toList();
      assertThat(page(asked, after, limit))
          .as("seed %d: %s after %s, %d", seed, asked, after, limit)
          .isEqualTo(expected);
      if (round % 10 == 0) {
        assertThat(get(new SqlStatistics(database()).repositories(asked, after, limit)))
            .extracting(RepositoryStatistics::name)
            .isEqualTo(expected);
      }
    }
  }

  private static String path(Random random, List<String> segments, int most) {
    return IntStream.rangeClosed(0, random.nextInt(most))
        .mapToObj(i -> segments.get(random.nextInt(segments.size())))
        .collect(Collectors.joining("/"));
  }

  private static RepositoryFilter random(Random random) {
    List<RepositoryPattern> patterns = new ArrayList<>();
    // Sometimes so many that one statement does not hold their ranges.
    int most = random.nextInt(10) == 0 ? 80 : 1 + random.nextInt(5);
    while (patterns.size() < most) {
      String text =
          random.nextInt(3) == 0
              ? path(random, List.of("a", "b", "ab", "a_b"), 4)
              : path(random, List.of("a", "b", "a*", "*", "**", "a_*", "*b", "**b", "a**"), 4);
      RepositoryPattern.find(text).ifPresent(patterns::add);
    }
    return RepositoryFilter.of(patterns);
  }

  @Test
  default void takesNoLongerForWhatLiesOutside() {
    fill(
        IntStream.range(0, TEAMS * 100)
            .mapToObj(i -> "team%03d/app%02d".formatted(i / 100, i % 100))
            .toList());
    List<RepositoryFilter> filters =
        List.of(
            RepositoryFilter.ALL,
            filter("team020/**", "team100/**", "team180/**"),
            filter("team100/*99"),
            filter("team199/app99", "zone/*"),
            many(1_000, "team%03d/**"),
            many(1_000, "team%03d/app50"));
    List<List<Long>> nanos = new ArrayList<>();
    filters.forEach(ignored -> nanos.add(new ArrayList<>()));
    for (int round = 0; round < 15; round++) {
      for (int i = 0; i < filters.size(); i++) {
        long begun = System.nanoTime();
        assertThat(page(filters.get(i), round % 2 == 0 ? "" : "team099/", 100)).isNotEmpty();
        nanos.get(i).add(System.nanoTime() - begun);
      }
    }
    List<Long> medians = nanos.stream().map(RepositoryFilterContract::median).toList();
    assertThat(medians)
        .as("nanoseconds, of everything first")
        .allMatch(median -> median < DEARER * medians.getFirst());
  }

  /** No statement can look at more names than it gives, for it asks nothing of them. */
  @Test
  default void looksAtSoManyNamesInAStatement() {
    List<String> names =
        IntStream.range(0, 12_000)
            .mapToObj(i -> "team%03d/app%02d".formatted(i / 100, i % 100))
            .toList();
    fill(names);
    fill(List.of("zone/x"));
    get(database().update("INSERT INTO repository (name, created_at) VALUES ('empty/x', 1)"));
    WatchedDatabase watched = new WatchedDatabase(database());
    SqlListings listings = new SqlListings(watched);
    assertThat(get(listings.repositories(filter("*/x"), "", 1))).containsExactly("zone/x");
    assertThat(watched.rows())
        .as("rows of each statement")
        .allMatch(rows -> rows <= 5_000)
        .satisfies(
            rows ->
                assertThat(rows.stream().mapToInt(Integer::intValue).sum())
                    .isGreaterThanOrEqualTo(names.size()));
    RepositoryFilter manyWide = many(40, "t*m%03d/*7").and(many(60, "team%03d/**"));
    assertThat(page(manyWide, "team001/", 1_000))
        .isEqualTo(
            names.stream()
                .filter(
                    name ->
                        name.compareTo("team001/") > 0
                            && manyWide.matches(new RepositoryName(name)))
                .toList())
        .hasSize(390);
    RepositoryFilter hundred = many(100, "*/none%03d");
    assertThat(page(hundred.and(filter("team**")), "", 10)).isEmpty();
  }

  @Test
  default void endsALookThatTakesTooLong() {
    fill(List.of("a/b"));
    RepositoryFilter filter = filter("*/x");
    AtomicLong nanos = new AtomicLong();
    assertThatThrownBy(
            () ->
                get(
                    NameScan.read(
                        database(),
                        filter,
                        NameRanges.of(filter),
                        "",
                        1,
                        () -> nanos.getAndAdd(Duration.ofSeconds(31).toNanos()))))
        .hasMessageContaining("looked for 30 s");
  }

  @Test
  default void findsThatNoneMatchesSoonerThanItListsAll() {
    fill(
        IntStream.range(0, TEAMS * 100)
            .mapToObj(i -> "team%03d/app%02d".formatted(i / 100, i % 100))
            .toList());
    List<Long> all = new ArrayList<>();
    List<Long> none = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      long begun = System.nanoTime();
      assertThat(page(RepositoryFilter.ALL, "", TEAMS * 100)).hasSize(TEAMS * 100);
      all.add(System.nanoTime() - begun);
      begun = System.nanoTime();
      assertThat(page(filter("*/x", "**/app"), "", 100)).isEmpty();
      none.add(System.nanoTime() - begun);
    }
    assertThat(median(none)).as("nanoseconds").isLessThan(2 * median(all));
  }

  private static RepositoryFilter many(int count, String format) {
    return filter(IntStream.range(0, count).mapToObj(format::formatted).toArray(String[]::new));
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  @Test
  default void mountsOnlyFromRepositoriesThatAreAllowed() {
    StoredBlob blob = commit(APP, "a");
    commit(new RepositoryName("secret/a"), "a");
    forgetChanges();
    assertThat(mount(blob.digest(), Optional.of(APP), filter("secret/*"))).isFalse();
    assertThat(mount(blob.digest(), Optional.empty(), filter("none/*"))).isFalse();
    assertThat(mount(blob.digest(), Optional.of(APP), RepositoryFilter.NONE)).isFalse();
    assertThat(mount(blob.digest(), Optional.empty(), RepositoryFilter.NONE)).isFalse();
    assertThat(events()).isEmpty();
    assertThat(get(links().find(OTHER, blob.digest()))).isEmpty();
    assertThat(mount(blob.digest(), Optional.empty(), filter("team/*", "b"))).isTrue();
    assertThat(lastEvent().getString("from")).isEqualTo(APP.text());
    assertThat(mount(blob.digest(), Optional.empty(), filter("**/a"))).isTrue();
    assertThat(lastEvent().getString("from")).isEqualTo("secret/a");
    assertThat(mount(blob.digest(), Optional.of(APP), filter("team/*"))).isTrue();
  }

  private boolean mount(Digest digest, Optional<RepositoryName> from, RepositoryFilter sources) {
    return get(links().mount(OTHER, digest, from, sources, ACTOR));
  }
}
