package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.blob.StorageReserve;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.Uploads;
import io.slipway.oci.ByteRange;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs upload sessions (distribution-spec, "Pushing blobs").
 *
 * <p>Every method fails with {@code BLOB_UPLOAD_UNKNOWN} for a session that is not there, not open,
 * or of another repository, and with {@code UPLOAD_RANGE_INVALID} – its detail {@code size} tells
 * how many bytes are stored – for a chunk that does not begin at the end, or while another request
 * is writing. Then nothing was changed, and the body was not touched. Called on a Vert.x context,
 * on which its futures complete.
 */
public final class UploadService {
  private static final Logger LOG = LoggerFactory.getLogger(UploadService.class);

  /** How long the reaper waits for one session. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Uploads uploads;
  private final BlobLinks links;
  private final Staging staging;
  private final StorageReserve reserve;
  private final UploadConfig config;
  private final UploadMemory memory = UploadMemory.ofHeap();
  private final UploadSessions sessions;
  private final UploadCompletion completion;

  /**
   * Takes its stores.
   *
   * @param node names this process among those that share the metadata
   * @param peers the others
   */
  public UploadService(
      Vertx vertx,
      Uploads uploads,
      BlobLinks links,
      Staging staging,
      StorageReserve reserve,
      String node,
      UploadPeers peers,
      UploadConfig config) {
    this.uploads = uploads;
    this.links = links;
    this.staging = staging;
    this.reserve = reserve;
    this.config = config;
    this.sessions = new UploadSessions(vertx, uploads, staging, node, peers, config, memory);
    this.completion = new UploadCompletion(uploads, links, staging, sessions);
  }

  /** Does what other nodes ask of the node of this name, until the consumer is unregistered. */
  public MessageConsumer<JsonObject> serve(Vertx vertx, String node) {
    return UploadYield.address(node)
        .answer(
            vertx,
            asked -> sessions.bringUpToDate(asked.id(), asked.stop()).map(UploadYield::answer));
  }

  /** Opens a session and returns its id; {@code TOOMANYREQUESTS} when the actor has too many. */
  public Future<String> start(RepositoryName repository, DigestAlgorithm algorithm, Actor actor) {
    String id = UploadId.fresh(actor);
    return reserve
        .require(0)
        .compose(ignored -> uploads.open(id, repository, algorithm, actor, config.maxOpen()))
        .map(
            opened -> {
              if (!opened) {
                throw UploadFailures.tooMany(actor, config);
              }
              sessions.opened(id, staging.create(id, algorithm));
              return id;
            });
  }

  /** Returns how many bytes of a session are stored. */
  public Future<Long> size(RepositoryName repository, String id) {
    return sessions.size(repository, id);
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
    OptionalLong start = first(range);
    return write(
        repository,
        id,
        start,
        body,
        writing -> append(writing, range, body),
        asked -> sessions.explain(repository, id, start, asked));
  }

  /** Lets a request write to a session if the store has room for its body. */
  private <T> Future<T> write(
      RepositoryName repository,
      String id,
      OptionalLong start,
      UploadBody body,
      UploadSessions.Work<T> work,
      UploadSessions.Refusal<T> refused) {
    return reserve
        .require(body.length().orElse(0))
        .compose(ignored -> sessions.write(repository, id, start, work, refused));
  }

  private Future<Long> append(Writing writing, Optional<ByteRange> range, UploadBody body) {
    return writing
        .receive(body, length(range))
        .transform(
            received ->
                received.succeeded()
                    ? settle(writing, null).map(ignored -> writing.staged().size())
                    : breakOff(writing, received.cause()));
  }

  /** Records what counts of a body that did not end well, then fails. */
  private <T> Future<T> breakOff(Writing writing, Throwable cause) {
    return settle(writing, cause).compose(ignored -> Future.failedFuture(answer(writing, cause)));
  }

  /**
   * Records what of a body counts: all that arrived before it broke off, but nothing of one that
   * was wrong. Fails when not everything that counts could be stored.
   */
  private Future<Void> settle(Writing writing, @Nullable Throwable cause) {
    StagedUpload staged = writing.staged();
    Future<Void> kept =
        UploadFailures.isWrong(cause)
            ? staged.truncate(writing.row().size())
            : Future.succeededFuture();
    return kept.compose(ignored -> staged.release())
        .transform(
            released ->
                checkpoint(writing)
                    .compose(
                        ignored ->
                            released.succeeded()
                                ? Future.succeededFuture()
                                : Future.failedFuture(released.cause())));
  }

  /** A request that was stopped for another one is answered as if that had been there first. */
  private static Throwable answer(Writing writing, Throwable cause) {
    return cause instanceof UploadStoppedException
        ? UploadFailures.busy(writing.staged().size())
        : cause;
  }

  private Future<Void> checkpoint(Writing writing) {
    String id = writing.row().id();
    return uploads
        .checkpoint(id, writing.row().epoch(), Progress.of(writing.staged()), true)
        .compose(
            ours ->
                ours
                    ? Future.succeededFuture()
                    : Future.failedFuture(UploadFailures.unknown("go on with", id)));
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
      Actor actor) {
    OptionalLong start = first(range);
    return write(
        repository,
        id,
        start,
        body,
        writing -> finish(writing, digest, range, body, actor),
        asked -> completion.repeat(repository, id, digest, start, actor, asked));
  }

  private Future<Void> finish(
      Writing writing, Digest digest, Optional<ByteRange> range, UploadBody body, Actor actor) {
    return writing
        .receive(body, length(range))
        .compose(ignored -> verify(writing.staged(), digest))
        .transform(
            verified ->
                verified.succeeded()
                    ? completion.complete(writing, digest, actor)
                    : breakOff(writing, verified.cause()));
  }

  private static Future<Void> verify(StagedUpload staged, Digest digest) {
    return staged
        .digest(digest.algorithm())
        .compose(
            actual ->
                // One that cannot be told yet is verified when the bytes are published.
                actual.isEmpty() || actual.get().equals(digest)
                    ? Future.succeededFuture()
                    : Future.failedFuture(UploadFailures.wrongDigest(digest, actual.get())));
  }

  /** Takes a whole blob in one request; as {@link #finish}, but leaves no session. */
  public Future<Void> ingest(
      RepositoryName repository, Digest digest, UploadBody body, Actor actor) {
    return staging.isShared()
        ? ingestInSession(repository, digest, body, actor)
        : ingestAlone(repository, digest, body, actor);
  }

  private Future<Void> ingestInSession(
      RepositoryName repository, Digest digest, UploadBody body, Actor actor) {
    return start(repository, digest.algorithm(), actor)
        .compose(
            id ->
                finish(repository, id, digest, Optional.empty(), body, actor)
                    // Its id was never told: nobody can go on with it.
                    .recover(
                        failure ->
                            uploads
                                .close(id, repository)
                                .onComplete(ignored -> sessions.forget(id))
                                .transform(ignored -> Future.failedFuture(failure))));
  }

  private Future<Void> ingestAlone(
      RepositoryName repository, Digest digest, UploadBody body, Actor actor) {
    String id = UUID.randomUUID().toString();
    StagedUpload staged = staging.create(id, digest.algorithm());
    return reserve
        .require(body.length().orElse(0))
        .compose(ignored -> new BodyPump(body, staged, -1, memory).run())
        .compose(ignored -> verify(staged, digest))
        .compose(ignored -> staged.sync())
        .compose(
            ignored -> staged.publish(digest, naming(repository, staged.size(), digest, actor)))
        .<Void>mapEmpty()
        .recover(
            failure ->
                staged
                    .release()
                    .transform(ignored -> staging.discard(id))
                    .transform(ignored -> Future.failedFuture(failure)));
  }

  private StagedUpload.Naming naming(
      RepositoryName repository, long size, Digest digest, Actor actor) {
    return new StagedUpload.Naming() {
      @Override
      public Future<Boolean> name(String location) {
        return links.commit(repository, new StoredBlob(digest, size, location), actor).map(true);
      }

      @Override
      public Future<Boolean> isNamed() {
        return links.isNamed(digest);
      }
    };
  }

  /** Ends a session and deletes its bytes. */
  public Future<Void> cancel(RepositoryName repository, String id) {
    return uploads
        .close(id, repository)
        .compose(
            closed ->
                closed
                    ? sessions.discard(id).recover(cause -> leaveToReaper(id, cause))
                    : Future.failedFuture(UploadFailures.unknown("cancel", id)));
  }

  /** The session is closed, which is what the client asked for. */
  private static Future<Void> leaveToReaper(String id, Throwable cause) {
    LOG.warn("tried to delete the bytes of the cancelled upload {} but {}", id, cause.toString());
    return Future.succeededFuture();
  }

  /**
   * Ends the requests that bring bytes, when the server does not wait for them any longer. Complete
   * when what had arrived is stored and recorded, so that any node goes on from there at once.
   * Fails after so long without that; what was acknowledged is recorded then, too.
   */
  public Future<Void> endWriting(Duration patience) {
    return sessions.endWriting().timeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The housekeeping that keeps sessions from piling up. */
  public UploadReaper reaper() {
    return new UploadReaper(uploads.housekeeping(), sessions, staging, config, PATIENCE);
  }

  /**
   * What has to be done once at start, before the first request, where one process owns the
   * storage.
   */
  public UploadRecovery recovery() {
    return new UploadRecovery(uploads.housekeeping(), staging, completion);
  }

  private static OptionalLong first(Optional<ByteRange> range) {
    return range.isPresent() ? OptionalLong.of(range.get().first()) : OptionalLong.empty();
  }

  private static long length(Optional<ByteRange> range) {
    return range.map(ByteRange::length).orElse(-1L);
  }
}
