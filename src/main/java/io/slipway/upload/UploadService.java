package io.slipway.upload;

import io.slipway.oci.ByteRange;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Runs upload sessions (distribution-spec, "Pushing blobs").
 *
 * <p>Every method fails with {@code BLOB_UPLOAD_UNKNOWN} for a session that is not there, not open,
 * or of another repository, and with {@code UPLOAD_RANGE_INVALID} – its detail {@code size} tells
 * how many bytes are stored – for a chunk that does not begin at the end, or while another request
 * is writing. Then nothing was changed, and the body was not touched.
 */
public final class UploadService {

  /** Opens a session and returns its id. */
  public Future<String> start(RepositoryName repository, DigestAlgorithm algorithm, String actor) {
    return Future.failedFuture("not there yet");
  }

  /** Returns how many bytes of a session are stored. */
  public Future<Long> size(RepositoryName repository, String id) {
    return Future.failedFuture("not there yet");
  }

  /**
   * Appends a body, which may break off: what arrived is kept.
   *
   * @param range what Content-Range says; empty to append at the end
   * @return how many bytes are stored then; a failed future that is no RegistryException when the
   *     body broke off
   */
  public Future<Long> append(
      RepositoryName repository, String id, Optional<ByteRange> range, UploadBody body) {
    return Future.failedFuture("not there yet");
  }

  /**
   * Appends a body, verifies the digest of everything and makes it a blob of the repository.
   * Durable when it completes. A digest that does not match fails with {@code DIGEST_INVALID} and
   * leaves the session as it was before.
   */
  public Future<Void> finish(
      RepositoryName repository,
      String id,
      Digest digest,
      Optional<ByteRange> range,
      UploadBody body,
      String actor) {
    return Future.failedFuture("not there yet");
  }

  /** Takes a whole blob in one request, without a session; as {@link #finish}. */
  public Future<Void> ingest(
      RepositoryName repository, Digest digest, UploadBody body, String actor) {
    return Future.failedFuture("not there yet");
  }

  /** Ends a session and deletes its bytes. */
  public Future<Void> cancel(RepositoryName repository, String id) {
    return Future.failedFuture("not there yet");
  }
}
