package io.slipway.storage;

import io.slipway.blob.BlobStore;
import io.slipway.blob.PublishedBlobs;
import io.slipway.blob.PublishedBlobs.Published;
import io.slipway.metadata.BlobLinks;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes bytes that a dead process published and did not live to name. */
public final class OrphanSweep {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

  private final PublishedBlobs published;
  private final BlobStore store;
  private final BlobLinks links;

  public OrphanSweep(PublishedBlobs published, BlobStore store, BlobLinks links) {
    this.published = published;
    this.store = store;
    this.links = links;
  }

  /**
   * Runs once, before the first request, on the only process that uses the storage, and after its
   * uploads were recovered.
   *
   * @param lastSeen when the dead process is known to have been well
   */
  public Future<Void> run(Instant lastSeen) {
    return published.since(lastSeen).compose(this::sweep);
  }

  private Future<Void> sweep(List<Published> found) {
    Future<Void> swept = Future.succeededFuture();
    for (Published blob : found) {
      swept = swept.compose(ignored -> sweep(blob));
    }
    return swept;
  }

  private Future<Void> sweep(Published blob) {
    return links
        .isNamed(blob.digest())
        .compose(
            named -> {
              if (named) {
                return Future.succeededFuture();
              }
              LOG.info("deleting {}: it was published and never named", blob.location());
              return store.delete(blob.location()).mapEmpty();
            });
  }
}
