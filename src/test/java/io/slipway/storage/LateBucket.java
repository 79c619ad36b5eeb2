package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A bucket of names without bytes, whose requests are carried out some milliseconds after they were
 * made, like those of a process that was stopped meanwhile.
 */
final class LateBucket implements ObjectStore {
  private static final int MOST_MICROS = 4_000;

  /** Keys of one request to delete. */
  private static final int TOGETHER = 4;

  private final Vertx vertx;
  private final Set<String> keys = ConcurrentHashMap.newKeySet();

  LateBucket(Vertx vertx) {
    this.vertx = vertx;
  }

  void put(String key) {
    keys.add(key);
  }

  boolean has(String key) {
    return keys.contains(key);
  }

  List<String> keys() {
    return List.copyOf(keys);
  }

  private Future<Void> later() {
    long micros = ThreadLocalRandom.current().nextInt(MOST_MICROS);
    return vertx.timer(1 + micros, TimeUnit.MICROSECONDS).mapEmpty();
  }

  @Override
  public String home(Digest digest) {
    return "blobs/" + digest.hex();
  }

  @Override
  public Future<Void> copy(String from, String to, long size) {
    return later()
        .compose(
            ignored -> {
              if (!keys.contains(from)) {
                return Future.failedFuture(from + " is not there");
              }
              keys.add(to);
              return later();
            });
  }

  @Override
  public int deletedAtOnce() {
    return 20;
  }

  @Override
  public Future<List<SignedDelete>> sign(List<String> wanted) {
    List<SignedDelete> signed = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i += TOGETHER) {
      signed.add(new Delete(wanted.subList(i, Math.min(wanted.size(), i + TOGETHER))));
    }
    return Future.succeededFuture(signed);
  }

  @Override
  public Future<Page> list(String folder, String after, Instant olderThan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<UnfinishedPage> unfinished(String folder, Unfinished after, Instant olderThan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> abort(Unfinished upload) {
    throw new UnsupportedOperationException();
  }

  private final class Delete implements SignedDelete {
    private final List<String> gone;

    Delete(List<String> gone) {
      this.gone = List.copyOf(gone);
    }

    @Override
    public List<String> keys() {
      return gone;
    }

    @Override
    public Future<List<String>> send() {
      return later()
          .map(
              ignored -> {
                gone.forEach(keys::remove);
                return gone;
              });
    }
  }
}
