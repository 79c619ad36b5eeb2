package io.slipway.auth.token;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps keys in memory, and counts how often they were read. */
final class KeptKeys implements TokenKeyStore {
  final List<Stored> keys = new CopyOnWriteArrayList<>();
  final AtomicInteger reads = new AtomicInteger();

  @Override
  public Future<List<Stored>> load() {
    reads.incrementAndGet();
    return Future.succeededFuture(
        keys.stream()
            .sorted(Comparator.comparing(Stored::createdAt).reversed().thenComparing(Stored::kid))
            .toList());
  }

  @Override
  public Future<Void> add(Stored key) {
    keys.add(key);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> deleteExpired(Instant now) {
    keys.removeIf(key -> !now.isBefore(key.expiresAt()));
    return Future.succeededFuture();
  }
}
