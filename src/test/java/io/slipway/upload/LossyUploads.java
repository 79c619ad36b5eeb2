package io.slipway.upload;

import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Real sessions, but the connection to them breaks at one checkpoint. Thread-safe. */
final class LossyUploads implements Uploads {
  /** What becomes of the statement whose answer is lost. */
  enum Loss {
    /** It has not reached the database. */
    REQUEST,
    /** It was carried out. */
    ANSWER,
    /** It is carried out later. */
    DELAY
  }

  private final Uploads real;
  private @Nullable Loss next;
  private Supplier<Future<Boolean>> delayed = () -> Future.succeededFuture(false);

  LossyUploads(Uploads real) {
    this.real = real;
  }

  /** Breaks the connection at the next checkpoint that is a request's last. */
  synchronized void lose(Loss loss) {
    next = loss;
  }

  /** Carries out what was delayed. */
  synchronized Future<Boolean> arrive() {
    Supplier<Future<Boolean>> late = delayed;
    delayed = () -> Future.succeededFuture(false);
    return late.get();
  }

  @Override
  public synchronized Future<Boolean> checkpoint(
      String id, long epoch, UploadProgress progress, boolean last) {
    Loss loss = next;
    if (loss == null || !last) {
      return real.checkpoint(id, epoch, progress, last);
    }
    next = null;
    return switch (loss) {
      case REQUEST -> broken();
      case ANSWER ->
          real.checkpoint(id, epoch, progress, true).compose(ignored -> LossyUploads.broken());
      case DELAY -> {
        delayed = () -> real.checkpoint(id, epoch, progress, true);
        yield broken();
      }
    };
  }

  private static Future<Boolean> broken() {
    return Future.failedFuture(new IOException("the connection to the database broke"));
  }

  @Override
  public Future<Boolean> open(
      String id, RepositoryName repository, DigestAlgorithm algorithm, Actor actor, int most) {
    return real.open(id, repository, algorithm, actor, most);
  }

  @Override
  public Future<Optional<UploadRow>> find(String id) {
    return real.find(id);
  }

  @Override
  public Future<Optional<UploadRow>> begin(
      String id, RepositoryName repository, OptionalLong start, String writer) {
    return real.begin(id, repository, start, writer);
  }

  @Override
  public Future<Boolean> seal(String id, long epoch, UploadProgress progress, Digest digest) {
    return real.seal(id, epoch, progress, digest);
  }

  @Override
  public Future<Boolean> finish(UploadRow upload, StoredBlob blob, Actor actor) {
    return real.finish(upload, blob, actor);
  }

  @Override
  public Future<Boolean> close(String id, RepositoryName repository) {
    return real.close(id, repository);
  }

  @Override
  public UploadHousekeeping housekeeping() {
    return real.housekeeping();
  }
}
