package io.slipway.server;

import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.job.OneNode;
import io.slipway.metadata.sql.SqlBlobMoves;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.runtime.Poller;
import io.slipway.storage.ListingSweep;
import io.slipway.storage.Relocation;
import io.slipway.storage.UnfinishedSweep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The housekeeping of a bucket: blobs move home, what nothing names is found. */
final class BucketJobs {
  private static final Duration MOVES = Duration.ofSeconds(1);
  private static final Duration LISTING = Duration.ofDays(1);

  /** Polls are spread: the next one of the same node may come that early. */
  private static final Duration MOST_OF_A_DAY = Duration.ofHours(18);

  private final Vertx vertx;
  private final Relocation relocation;
  private final List<Poller> pollers;

  BucketJobs(Vertx vertx, Database database, S3Storage storage) {
    this.vertx = vertx;
    SqlBlobMoves moves = new SqlBlobMoves(database);
    SqlTrash trash = new SqlTrash(database);
    this.relocation = new Relocation(moves, storage.objects());
    ListingSweep listing = new ListingSweep(storage.objects(), moves, trash, Clock.systemUTC());
    UnfinishedSweep unfinished = new UnfinishedSweep(storage.objects(), moves, Clock.systemUTC());
    this.pollers =
        List.of(
            poller("relocation", MOVES, () -> relocation.run().map(count -> count > 0)),
            daily("listing", database, listing::run),
            daily("unfinished uploads", database, unfinished::run));
  }

  /** Each node asks once a day, at a time of its own. */
  private Poller daily(String name, Database database, Supplier<Future<Integer>> job) {
    OneNode node = new OneNode(vertx, database, name, MOST_OF_A_DAY);
    return poller(name, LISTING, () -> node.once(() -> job.get().map(false)));
  }

  private Poller poller(String name, Duration interval, Supplier<Future<Boolean>> job) {
    return new Poller(vertx, name, interval, job);
  }

  List<Poller> pollers() {
    return pollers;
  }

  /** Lets a run under way end soon. */
  void stop() {
    relocation.stop();
  }
}
