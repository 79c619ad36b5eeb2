package io.slipway.upload;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells somebody before and after each step of an upload, and waits for what they do then. */
record SteppedStaging(Staging real, Function<String, Future<?>> listener) implements Staging {

  @Override
  public StagedUpload create(String id, DigestAlgorithm algorithm) {
    return new Stepped(real.create(id, algorithm));
  }

  @Override
  public boolean isShared() {
    return real.isShared();
  }

  @Override
  public Future<StagedUpload> reopen(
      String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return around("reopen", () -> real.reopen(id, algorithm, progress)).map(Stepped::new);
  }

  @Override
  public StagedUpload reopenSynced(String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return new Stepped(real.reopenSynced(id, algorithm, progress));
  }

  @Override
  public Future<Void> tidy(String id, StagedProgress progress) {
    return real.tidy(id, progress);
  }

  @Override
  public Leftovers leftovers() {
    return real.leftovers();
  }

  @Override
  public Future<Void> discard(String id) {
    return real.discard(id).compose(ignored -> listener.apply("discarded").mapEmpty());
  }

  private <T> Future<T> around(String step, Supplier<Future<T>> work) {
    return listener
        .apply("before " + step)
        .compose(ignored -> work.get())
        .compose(result -> listener.apply("after " + step).map(ignored -> result));
  }

  /** The bytes of one upload. */
  private final class Stepped implements StagedUpload {
    private final StagedUpload bytes;

    Stepped(StagedUpload bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public StagedProgress progress() {
      return bytes.progress();
    }

    @Override
    public void begin(WriterTurn turn, long expected) {
      bytes.begin(turn, expected);
    }

    @Override
    public Future<Void> append(List<Buffer> batch) {
      return around("append", () -> bytes.append(batch));
    }

    @Override
    public Future<Void> truncate(long size) {
      return around("truncate", () -> bytes.truncate(size));
    }

    @Override
    public Future<Optional<Digest>> digest(DigestAlgorithm algorithm) {
      return around("digest", () -> bytes.digest(algorithm));
    }

    @Override
    public Future<Void> sync() {
      return around("sync", bytes::sync);
    }

    @Override
    public Future<Void> release() {
      return around("release", bytes::release);
    }

    @Override
    public Future<Boolean> publish(Digest digest, Naming naming) {
      Naming stepped =
          new Naming() {
            @Override
            public Future<Boolean> name(String location) {
              return around("name", () -> naming.name(location));
            }

            @Override
            public Future<Boolean> isNamed() {
              return naming.isNamed();
            }
          };
      return around("publish", () -> bytes.publish(digest, stepped));
    }
  }
}
