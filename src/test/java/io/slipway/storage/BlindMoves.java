package io.slipway.storage;

import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.StoredBlob;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Moves that do not look whether somebody deletes the key they go to: a control of tests. */
record BlindMoves(BlobMoves moves) implements BlobMoves {
  @Override
  public Future<Boolean> isFree(String to) {
    return Future.succeededFuture(true);
  }

  @Override
  public Future<List<StoredBlob>> waiting(int limit, Optional<StoredBlob> after) {
    return moves.waiting(limit, after);
  }

  @Override
  public Future<Long> lag() {
    return moves.lag();
  }

  @Override
  public Future<Void> missing(StoredBlob blob, String token) {
    return moves.missing(blob, token);
  }

  @Override
  public Future<Boolean> claim(StoredBlob blob, String to, String token) {
    return moves.claim(blob, to, token);
  }

  @Override
  public Future<Void> retreat(StoredBlob blob, String token) {
    return moves.retreat(blob, token);
  }

  @Override
  public Future<Boolean> finish(StoredBlob blob, String to, String token, Duration kept) {
    return moves.finish(blob, to, token, kept);
  }

  @Override
  public Future<Set<String>> named(List<String> keys) {
    return moves.named(keys);
  }

  @Override
  public Future<Set<String>> uploads(List<String> ids) {
    return moves.uploads(ids);
  }
}
