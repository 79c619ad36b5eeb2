package io.slipway.upload;

import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Deletes what sessions of one kind left, page by page, and forgets those sessions. It goes on
 * where it was, so that sessions whose bytes stay keep none behind them, however many they are.
 */
final class UploadClearance<T> {

  /** Lists at most {@link UploadHousekeeping#PAGE} sessions after an id, by id. */
  interface Pages<T> {
    Future<List<T>> after(String id);
  }

  private final Pages<T> pages;
  private final Function<T, String> id;
  private final Function<T, Future<Void>> deletion;
  private final Function<List<String>, Future<Void>> forget;
  private final BooleanSupplier stopping;

  /** Where the next page begins; empty for the first one. */
  private volatile String reached = "";

  UploadClearance(
      Pages<T> pages,
      Function<T, String> id,
      Function<T, Future<Void>> deletion,
      Function<List<String>, Future<Void>> forget,
      BooleanSupplier stopping) {
    this.pages = pages;
    this.id = id;
    this.deletion = deletion;
    this.forget = forget;
    this.stopping = stopping;
  }

  /**
   * Takes page after page, up to the last one or to one of which every session stays: a store that
   * refuses is not asked for all of them. One that is to stop begins no deletion more. One run at a
   * time; the number of sessions forgotten.
   */
  Future<Integer> run() {
    return runAfter(0);
  }

  private Future<Integer> runAfter(int before) {
    if (stopping.getAsBoolean()) {
      return Future.succeededFuture(before);
    }
    return pages
        .after(reached)
        .compose(
            page -> {
              boolean more = page.size() >= UploadHousekeeping.PAGE;
              return Deletions.of(page, deletion, stopping)
                  .compose(this::forgetAll)
                  .compose(
                      count -> {
                        int forgotten = before + count;
                        if (stopping.getAsBoolean()) {
                          return Future.succeededFuture(forgotten);
                        }
                        reached = more ? id.apply(page.getLast()) : "";
                        return more && count > 0
                            ? runAfter(forgotten)
                            : Future.succeededFuture(forgotten);
                      });
            });
  }

  private Future<Integer> forgetAll(List<T> deleted) {
    return deleted.isEmpty()
        ? Future.succeededFuture(0)
        : forget.apply(deleted.stream().map(id).toList()).map(deleted.size());
  }
}
