package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.blob.StoreContents.Entry;
import io.slipway.blob.StoreContents.Snapshot;
import io.slipway.blob.StoreContents.Walk;
import io.slipway.metadata.Restore;
import io.slipway.metadata.Restore.FoundBlob;
import io.slipway.metadata.Restore.FoundTag;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Makes the metadata from the blob store alone. Holds a page of the store at a time, and is
 * harmless twice: one that was killed is simply run again. For a process that nobody else's shares
 * the stores with. One run at a time.
 */
public final class Rebuild {
  /** A copy takes longer to ask for than to read. */
  private static final int AT_ONCE = 16;

  private final StoreContents contents;
  private final Restore restore;
  private final RebuildOptions options;
  private final Supplier<Future<Void>> alone;
  private final Consumer<String> progress;
  private final CopyReader copies;
  private final IncompleteManifests incomplete;
  private final Pace pace;
  private final RebuildCount count;
  private volatile boolean stopped;

  /**
   * Takes its stores.
   *
   * @param alone fails with a sentence when somebody else uses the metadata
   * @param progress told in lines for people what it does and what it finds wrong, on any thread
   */
  public Rebuild(
      Vertx vertx,
      StoreContents contents,
      Restore restore,
      RebuildOptions options,
      Supplier<Future<Void>> alone,
      Consumer<String> progress) {
    this.contents = contents;
    this.restore = restore;
    this.options = options;
    this.alone = alone;
    this.progress = progress;
    this.copies = new CopyReader(vertx, contents);
    this.count = new RebuildCount(progress);
    this.incomplete = new IncompleteManifests(restore, count);
    this.pace = new Pace(vertx, Long.MAX_VALUE);
  }

  /** Runs; fails with a sentence when the database has something that it was not told to forget. */
  public Future<RebuildReport> run() {
    return alone
        .get()
        .compose(ignored -> begin())
        .compose(ignored -> each(CopyKeys.BLOBS, entry -> 0, this::blob, restore::blobs))
        .compose(
            ignored -> each(CopyKeys.MANIFESTS, Entry::size, this::manifest, restore::manifests))
        .compose(ignored -> nameUnmoved())
        .compose(ignored -> options.keepIncomplete() ? nothing() : incomplete.remove())
        .compose(ignored -> each(CopyKeys.TAGS, Entry::size, this::tag, this::restoreTags))
        .compose(ignored -> requireWanted())
        .compose(ignored -> restore.end())
        .map(ignored -> count.report());
  }

  /** Ends a run soon, which fails then: another one may be at it. */
  public void stop() {
    stopped = true;
  }

  private Future<Void> requireWanted() {
    return stopped
        ? Future.failedFuture(
            new IllegalStateException(
                "tried to rebuild the database but it did not hear of this process for so long"
                    + " that another rebuild may be at it: run it again"))
        : nothing();
  }

  private static Future<Void> nothing() {
    return Future.succeededFuture();
  }

  private Future<Void> begin() {
    return restore
        .state()
        .compose(
            state ->
                switch (state) {
                  case EMPTY -> beginAlone(false);
                  case FORGETTING -> forget(goesOn());
                  case UNFINISHED -> goesOn();
                  case FILLED ->
                      options.replace()
                          ? forget(beginAlone(true))
                          : Future.failedFuture(
                              new IllegalStateException(
                                  "tried to rebuild the database but it is not empty: --replace"
                                      + " forgets what it has first"));
                });
  }

  private Future<Void> goesOn() {
    progress.accept("going on with a rebuild that did not end");
    return restore.goOn();
  }

  private Future<Void> forget(Future<Void> begun) {
    return begun
        .compose(
            ignored -> Rounds.whileMore(() -> requireWanted().compose(wanted -> restore.forget())))
        .compose(ignored -> restore.forgotten());
  }

  /** Looks once more: who starts after the note is refused by it, who started before is seen. */
  private Future<Void> beginAlone(boolean forgets) {
    return restore
        .begin(forgets)
        .compose(
            first ->
                first
                    ? alone
                        .get()
                        .recover(
                            cause -> restore.end().transform(ignored -> Future.failedFuture(cause)))
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to rebuild the database but another rebuild has just begun")));
  }

  /**
   * Goes through a folder a page at a time; what cannot be read is counted and left out.
   *
   * @param memory how many bytes an object takes when it is read; none when it is only hashed
   */
  private <T> Future<Void> each(
      String folder,
      ToLongFunction<Entry> memory,
      Function<Entry, Future<Optional<T>>> read,
      Function<List<T>, Future<Void>> write) {
    progress.accept("reading " + folder + "/");
    Walk walk = contents.walk(folder);
    return Rounds.whileMore(
            () -> walk.next().compose(page -> page(EntryBatches.of(page, memory), read, write)))
        .eventually(walk::close);
  }

  private <T> Future<Boolean> page(
      List<List<Entry>> batches,
      Function<Entry, Future<Optional<T>>> read,
      Function<List<T>, Future<Void>> write) {
    Future<Void> done = requireWanted();
    for (List<Entry> batch : batches) {
      done =
          done.compose(ignored -> readAll(batch, read))
              .compose(found -> found.isEmpty() ? nothing() : write.apply(found))
              .onSuccess(ignored -> count.passed(batch.size()));
    }
    return done.map(ignored -> !batches.isEmpty());
  }

  private <T> Future<List<T>> readAll(List<Entry> page, Function<Entry, Future<Optional<T>>> read) {
    Queue<Entry> waiting = new ConcurrentLinkedQueue<>(page);
    Queue<T> found = new ConcurrentLinkedQueue<>();
    return Future.join(
            Stream.generate(() -> readNext(waiting, read, found)).limit(AT_ONCE).toList())
        .map(ignored -> new ArrayList<>(found));
  }

  private <T> Future<Void> readNext(
      Queue<Entry> waiting, Function<Entry, Future<Optional<T>>> read, Queue<T> found) {
    Entry entry = waiting.poll();
    if (entry == null) {
      return nothing();
    }
    return readOne(entry, read)
        .compose(
            one -> {
              one.ifPresent(found::add);
              return readNext(waiting, read, found);
            });
  }

  private <T> Future<Optional<T>> readOne(Entry entry, Function<Entry, Future<Optional<T>>> read) {
    Future<Optional<T>> reading;
    try {
      reading = read.apply(entry);
    } catch (RuntimeException e) {
      reading = Future.failedFuture(e);
    }
    return reading.recover(
        cause -> {
          count.unreadable(entry.key(), String.valueOf(cause.getMessage()));
          return Future.succeededFuture(Optional.empty());
        });
  }

  private Future<Optional<FoundBlob>> blob(Entry entry) {
    Digest digest =
        CopyKeys.blob(entry.key())
            .orElseThrow(() -> new IllegalStateException("its name is not one of a blob"));
    FoundBlob found = found(entry, digest);
    count.blob();
    return options.verify()
        ? hash(entry.key(), digest.algorithm())
            .map(
                digests -> {
                  if (!digests.contains(digest)) {
                    throw new IllegalStateException("its bytes have the digest " + digests);
                  }
                  return Optional.of(found);
                })
        : Future.succeededFuture(Optional.of(found));
  }

  private static FoundBlob found(Entry entry, Digest digest) {
    return new FoundBlob(
        new StoredBlob(digest, entry.size(), entry.key()), entry.changedAt().toEpochMilli());
  }

  private Future<List<Digest>> hash(String key, DigestAlgorithm... algorithms) {
    return contents
        .open(key)
        .compose(
            found -> {
              Snapshot snapshot =
                  found.orElseThrow(() -> new IllegalStateException("it was deleted meanwhile"));
              return ContentHash.of(snapshot, pace, algorithms).eventually(snapshot::close);
            });
  }

  private Future<Optional<Restore.FoundManifest>> manifest(Entry entry) {
    return copies.manifest(entry).onSuccess(found -> found.ifPresent(ignored -> count.manifest()));
  }

  /** Names bytes that were pushed and not yet moved to where their digest says. */
  private Future<Void> nameUnmoved() {
    return contents.hasUnmoved()
        ? incomplete
            .any()
            .compose(
                any ->
                    any
                        ? each(CopyKeys.UPLOADS, entry -> 0, this::unmoved, ignored -> nothing())
                        : nothing())
        : nothing();
  }

  private Future<Optional<Boolean>> unmoved(Entry entry) {
    return hash(entry.key(), DigestAlgorithm.values())
        .compose(
            digests -> {
              Future<Void> named = nothing();
              for (Digest digest : digests) {
                named = named.compose(ignored -> name(entry, digest));
              }
              return named.map(Optional.empty());
            });
  }

  private Future<Void> name(Entry entry, Digest digest) {
    return restore
        .isWanted(digest)
        .compose(
            wanted -> {
              if (!wanted) {
                return nothing();
              }
              count.blob();
              return restore.link(found(entry, digest));
            });
  }

  private Future<Optional<FoundTag>> tag(Entry entry) {
    return copies.tag(entry).map(Optional::of).onSuccess(ignored -> count.tag());
  }

  private Future<Void> restoreTags(List<FoundTag> tags) {
    return restore
        .tags(tags)
        .map(
            lost -> {
              lost.forEach(count::lost);
              return null;
            });
  }
}
