package io.slipway.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.audit.AuditEntry;
import io.slipway.auth.audit.AuditOutcome;
import io.slipway.auth.audit.AuditPage;
import io.slipway.auth.audit.AuditPage.Placed;
import io.slipway.auth.audit.AuditPosition;
import io.slipway.auth.audit.AuditQuery;
import io.slipway.auth.audit.AuditStore;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a database of the audit log does, whichever it is. */
interface AuditContract {
  int MANY = Boolean.getBoolean("slipway.long") ? 1_000_000 : 60_000;

  /** Entries of one statement: the time for one is bounded. */
  int AT_ONCE = 20_000;

  Digest DIGEST = Digest.parse("sha256:" + "ab".repeat(32));
  RepositoryName APP = new RepositoryName("team/app");

  Database database();

  /** Returns how the database carries a statement out. */
  List<String> plan(String sql, @Nullable Object... arguments);

  private static <T> T get(Future<T> future) {
    return SqliteExtension.get(future);
  }

  @BeforeEach
  default void makeSchema() {
    get(Migrations.bundled().apply(database()));
  }

  private AuditStore store() {
    return new SqlAudit(database());
  }

  private static AuditEntry entry(String event, long at, String actor, String action) {
    return new AuditEntry(
        event,
        at,
        actor,
        "192.0.2.1",
        action,
        AuditOutcome.DONE,
        Optional.of(APP),
        Optional.of(DIGEST),
        "latest",
        1);
  }

  private static AuditEntry denial(String event, long at, String actor) {
    return new AuditEntry(
        event,
        at,
        actor,
        "2001:db8::1",
        "push",
        AuditOutcome.DENIED,
        Optional.empty(),
        Optional.empty(),
        "PUT /v2/x",
        7);
  }

  private static List<String> events(AuditPage page) {
    return page.entries().stream().map(placed -> placed.entry().event()).toList();
  }

  /** A query of one filter at most. */
  private static AuditQuery by(String column, String value, Optional<AuditPosition> before, int n) {
    return new AuditQuery(
        Optional.of(value).filter(text -> column.equals("actor")),
        Optional.of(value).filter(text -> column.equals("action")),
        Optional.of(value).filter(text -> column.equals("outcome")).flatMap(AuditOutcome::find),
        Optional.of(value)
            .filter(text -> column.equals("repository"))
            .flatMap(RepositoryName::find),
        Optional.of(value).filter(text -> column.equals("digest")).flatMap(Digest::find),
        Optional.empty(),
        Optional.empty(),
        before,
        n);
  }

  private static AuditQuery both(
      String actor, String action, Optional<AuditPosition> before, int n) {
    return new AuditQuery(
        Optional.of(actor),
        Optional.of(action),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        before,
        n);
  }

  private static AuditQuery between(long since, long until) {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(Instant.ofEpochMilli(since)),
        Optional.of(Instant.ofEpochMilli(until)),
        Optional.empty(),
        10);
  }

  @Test
  default void readsWhatWasWritten() {
    AuditEntry change = entry("a", 1000, "ann", "tag.moved");
    AuditEntry refusal = denial("b", 2000, "");
    get(store().add(List.of(change, refusal)));
    assertThat(get(store().page(AuditQuery.newest(10))).entries())
        .extracting(Placed::entry)
        .containsExactly(refusal, change);
  }

  @Test
  default void keepsEachEventOnce() {
    get(store().add(List.of(entry("a", 1000, "ann", "tag.moved"))));
    get(store().add(List.of(entry("a", 1000, "ann", "tag.moved"), denial("b", 2000, "bob"))));
    get(store().add(List.of(entry("a", 1000, "ann", "tag.moved"), denial("b", 2000, "bob"))));
    assertThat(events(get(store().page(AuditQuery.newest(10))))).containsExactly("b", "a");
  }

  @Test
  default void pagesThroughWhatHappenedAtOnce() {
    List<AuditEntry> all =
        IntStream.range(0, 25).mapToObj(i -> entry("e" + i, 1000 + i / 10, "ann", "x")).toList();
    get(store().add(all));
    List<String> seen = new ArrayList<>();
    Optional<AuditPosition> before = Optional.empty();
    do {
      AuditPage page = get(store().page(by("actor", "ann", before, 4)));
      seen.addAll(events(page));
      before = page.next();
    } while (before.isPresent());
    assertThat(seen).hasSize(25).doesNotHaveDuplicates().startsWith("e24").endsWith("e0");
  }

  @Test
  default void leavesOutWhatIsNotAskedFor() {
    get(
        store()
            .add(
                List.of(
                    entry("a", 1000, "ann", "tag.moved"),
                    entry("b", 2000, "bob", "tag.deleted"),
                    denial("c", 3000, "ann"))));
    assertThat(events(get(store().page(by("actor", "ann", Optional.empty(), 9)))))
        .containsExactly("c", "a");
    assertThat(events(get(store().page(by("action", "push", Optional.empty(), 9)))))
        .containsExactly("c");
    assertThat(events(get(store().page(by("outcome", "done", Optional.empty(), 9)))))
        .containsExactly("b", "a");
    assertThat(events(get(store().page(by("repository", APP.text(), Optional.empty(), 9)))))
        .containsExactly("b", "a");
    assertThat(events(get(store().page(by("digest", DIGEST.text(), Optional.empty(), 9)))))
        .containsExactly("b", "a");
    assertThat(events(get(store().page(both("ann", "tag.moved", Optional.empty(), 9)))))
        .containsExactly("a");
    assertThat(events(get(store().page(between(1000, 3000))))).containsExactly("b", "a");
    assertThat(events(get(store().page(between(1001, 3001))))).containsExactly("c", "b");
  }

  @Test
  default void deletesWhatIsOldInBatches() {
    fill(3000, 1);
    get(store().add(List.of(entry("new", System.currentTimeMillis(), "ann", "x"))));
    int batches = 1;
    while (get(store().deleteOlder(Duration.ofHours(1)))) {
      batches++;
    }
    assertThat(batches).isEqualTo(4);
    assertThat(events(get(store().page(AuditQuery.newest(10))))).containsExactly("new");
  }

  /** Writes entries at these times: an actor of each thousand, and rarely another action. */
  private void fill(int count, long from) {
    for (long start = from; start < from + count; start += AT_ONCE) {
      get(
          database()
              .update(
                  """
                  INSERT INTO audit
                    (event, happened_at, actor, address, action, outcome, repository, digest,
                     subject, times)
                  WITH RECURSIVE n (i) AS
                    (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
                  SELECT 'n' || i, i, 'user' || (i / 1000), '192.0.2.1',
                    CASE WHEN i = 1 THEN 'rare' ELSE 'tag.moved' END,
                    CASE WHEN i % 10 = 0 THEN 'denied' ELSE 'done' END,
                    'app' || (i % 5), NULL, 'latest', 1 FROM n
                  """,
                  start, Math.min(start + AT_ONCE, from + count) - 1));
    }
  }

  /** So much is looked at, by a page in the middle of many, whatever is asked for. */
  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  default void walksOneIndexHoweverMuchThereIs() {
    fill(MANY, 1);
    AuditPosition middle = new AuditPosition(MANY / 2, Long.MAX_VALUE);
    Optional<AuditPosition> before = Optional.of(middle);
    assertWalks("audit_time", by("", "", before, 10));
    assertWalks("audit_actor", by("actor", "user3", before, 10));
    assertWalks("audit_action", by("action", "rare", before, 10));
    assertWalks("audit_outcome", by("outcome", "denied", before, 10));
    assertWalks("audit_repository", by("repository", "app3", before, 10));
    assertWalks("audit_digest", by("digest", DIGEST.text(), before, 10));
    assertWalks("audit_actor", both("user3", "rare", before, 10));
  }

  private void assertWalks(String index, AuditQuery query) {
    AuditSelect select = AuditSelect.of(query);
    for (List<String> plan :
        List.of(
            plan(select.page(), select.arguments()),
            plan(select.lastLookedAt(), select.rangeArguments()))) {
      assertThat(plan)
          .as("how %s is carried out", query)
          .filteredOn(line -> line.contains("audit"))
          .singleElement()
          .asString()
          .containsPattern(
              "(?:Index (?:Only )?Scan Backward using|SEARCH audit USING (?:COVERING )?INDEX) "
                  + index);
      if (select.isExact()) {
        assertThat(plan).noneMatch(line -> line.contains("Rows Removed"));
      }
    }
  }

  @Test
  default void goesOnWhereItStoppedLooking() {
    fill(3 * AuditSelect.LOOKED_AT, 1);
    get(database().update("UPDATE audit SET actor = 'ann'"));
    int pages = 0;
    List<String> seen = new ArrayList<>();
    Optional<AuditPosition> before = Optional.empty();
    do {
      AuditPage page = get(store().page(both("ann", "rare", before, 10)));
      seen.addAll(events(page));
      before = page.next();
      pages++;
    } while (before.isPresent());
    assertThat(seen).containsExactly("n1");
    assertThat(pages).isEqualTo(4);
  }
}
