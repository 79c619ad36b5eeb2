package io.slipway.storage;

import io.slipway.blob.CopyStore;
import io.slipway.metadata.Copies;
import io.slipway.metadata.Copies.Due;
import io.slipway.metadata.Copies.ManifestState;
import io.slipway.metadata.Copies.TagState;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies tags and manifests into the blob store, so that the metadata can be rebuilt from it:
 * {@code tags/{repository}/{tag}@{version}} and {@code manifests/{repository}/{digest}}, with
 * {@code .mediatype} beside it.
 *
 * <p>Writes what is true when it reads, not what was when the copy became due; of several versions
 * the highest wins. Harmless twice, on any node, however late: each looks again after it wrote.
 */
public final class CopyWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CopyWriter.class);
  private static final int BATCH = 100;

  /** Each waits for a disk or a server most of the time. */
  private static final int LANES = 8;

  private final Vertx vertx;
  private final Copies copies;
  private final CopyStore store;
  private volatile boolean stopping;

  /** How many at the beginning of the queue could not be written when it was their turn. */
  private final AtomicInteger stuck = new AtomicInteger();

  public CopyWriter(Vertx vertx, Copies copies, CopyStore store) {
    this.vertx = vertx;
    this.copies = copies;
    this.store = store;
  }

  /**
   * Writes everything that is due, several copies at a time; the number of copies. One that cannot
   * be written keeps none of its batch waiting; then this fails, and the next run begins behind it.
   * One run at a time.
   */
  public Future<Integer> run() {
    int passed = stuck.get();
    return runBehind(passed)
        .compose(
            count ->
                passed == 0
                    ? Future.succeededFuture(count)
                    : runBehind(0).map(more -> more + count));
  }

  private Future<Integer> runBehind(int passed) {
    stuck.set(passed);
    return copies.due(BATCH, passed).compose(due -> run(due, due.size() < BATCH));
  }

  private Future<Integer> run(List<Due> due, boolean last) {
    return write(due)
        .onComplete(
            ignored -> {
              if (last) {
                stuck.set(0);
              }
            })
        .compose(
            ignored ->
                stopping || last
                    ? Future.succeededFuture(due.size())
                    : runBehind(stuck.get()).map(more -> more + due.size()));
  }

  /** Each copy is due once, so those of a batch do not disturb each other. */
  private Future<Void> write(List<Due> due) {
    List<Future<Void>> lanes = new ArrayList<>();
    for (int first = 0; first < Math.min(LANES, due.size()); first++) {
      lanes.add(write(due, first));
    }
    return Future.join(lanes).mapEmpty();
  }

  private Future<Void> write(List<Due> due, int index) {
    if (stopping || index >= due.size()) {
      return Future.succeededFuture();
    }
    return write(due.get(index))
        .onFailure(ignored -> stuck.incrementAndGet())
        .transform(
            written ->
                write(due, index + LANES)
                    .compose(
                        ignored ->
                            written.succeeded()
                                ? Future.succeededFuture()
                                : Future.failedFuture(written.cause())));
  }

  /** Lets a run under way end with the copy it is at; what is left is due at the next start. */
  public void stop() {
    stopping = true;
  }

  private Future<Void> write(Due due) {
    return switch (due.kind()) {
      case TAG -> writeTag(due);
      case MANIFEST -> writeManifest(due);
    };
  }

  private Future<Void> writeTag(Due due) {
    return copies
        .tag(due.repository(), due.name())
        .compose(tag -> tag.isEmpty() ? copies.done(due, 0) : writeTag(due, tag.get(), 1L));
  }

  /**
   * Looks again after it wrote: another node may have copied a later version meanwhile, and have
   * deleted what was there before this one came.
   *
   * @param first the lowest version that may lie there if none is known to be copied
   */
  private Future<Void> writeTag(Due due, TagState tag, long first) {
    JsonObject content =
        new JsonObject()
            .put("digest", tag.digest())
            .put("updated_at", tag.updatedAt())
            .put("actor", tag.actor());
    Long copied = tag.copied();
    long oldest = copied == null ? first : copied;
    return store
        .put(CopyKeys.tag(due.repository(), due.name(), tag.version()), content.toBuffer())
        .compose(ignored -> deleteOlder(due, oldest, tag.version()))
        .compose(ignored -> copies.tag(due.repository(), due.name()))
        .compose(
            now ->
                now.isEmpty() || now.get().version() == tag.version()
                    ? copies.done(due, tag.version())
                    : writeLater(due, now.get(), Math.min(oldest, tag.version())));
  }

  private Future<Void> writeLater(Due due, TagState now, long oldest) {
    TagState all = new TagState(now.digest(), now.version(), oldest, now.updatedAt(), now.actor());
    return writeTag(due, all, oldest);
  }

  /**
   * Deletes the version that is known to be copied, and those after it: a process that died between
   * a copy and its note may have written any of them.
   */
  private Future<Void> deleteOlder(Due due, long oldest, long current) {
    Future<Void> deleted = Future.succeededFuture();
    for (long version = oldest; version < current; version++) {
      String older = CopyKeys.tag(due.repository(), due.name(), version);
      deleted = deleted.compose(ignored -> store.delete(older));
    }
    return deleted;
  }

  /** Looks again after it wrote: what another node wrote meanwhile may have been undone by this. */
  private Future<Void> writeManifest(Due due) {
    return copies
        .manifest(due.repository(), due.name())
        .compose(
            manifest ->
                write(due, manifest)
                    .compose(ignored -> copies.manifest(due.repository(), due.name()))
                    .compose(
                        now ->
                            now.isPresent() == manifest.isPresent()
                                ? copies.done(due, 0)
                                : writeManifest(due)));
  }

  private Future<Void> write(Due due, Optional<ManifestState> manifest) {
    String key = CopyKeys.manifest(due.repository(), due.name());
    String typeKey = key + CopyKeys.MEDIA_TYPE;
    return manifest.isEmpty()
        ? store.delete(key).compose(ignored -> store.delete(typeKey))
        : isRight(due, manifest.get())
            .compose(
                right ->
                    right
                        // The type first: bytes without it could not be served again.
                        ? store
                            .put(typeKey, Buffer.buffer(manifest.get().mediaType()))
                            .compose(ignored -> store.put(key, manifest.get().content()))
                        : leave(due));
  }

  private Future<Boolean> isRight(Due due, ManifestState manifest) {
    Digest digest = Digest.parse(due.name());
    byte[] content = manifest.content().getBytes();
    return vertx
        .executeBlocking(() -> Digest.of(digest.algorithm(), content).equals(digest), false)
        .map(Objects::requireNonNull);
  }

  /** A copy that may be there is what a scrub repairs the manifest from. */
  private static Future<Void> leave(Due due) {
    LOG.error(
        "the bytes of the manifest {} of {} are wrong and were not copied: a scrub repairs it from"
            + " its copy, or a push",
        due.name(),
        due.repository());
    return Future.succeededFuture();
  }

  /** Returns how many milliseconds the oldest copy is late; 0 when none is due. */
  public Future<Long> lag() {
    return copies.lag();
  }
}
