package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.UploadRow.State;
import io.slipway.metadata.Uploads;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one request at a time write to each session. Thread-safe. */
final class UploadSessions {
  private static final Logger LOG = LoggerFactory.getLogger(UploadSessions.class);

  private final Vertx vertx;
  private final Uploads uploads;
  private final Staging staging;
  private final String node;
  private final UploadPeers peers;
  private final UploadConfig config;
  private final UploadMemory memory;
  private final ConcurrentHashMap<String, LiveUpload> live = new ConcurrentHashMap<>();

  UploadSessions(
      Vertx vertx,
      Uploads uploads,
      Staging staging,
      String node,
      UploadPeers peers,
      UploadConfig config,
      UploadMemory memory) {
    this.vertx = vertx;
    this.uploads = uploads;
    this.staging = staging;
    this.node = node;
    this.peers = peers;
    this.config = config;
    this.memory = memory;
  }

  /**
   * Remembers the bytes of a session that was just opened, so that its first writer need not look
   * for any.
   */
  void opened(String id, StagedUpload staged) {
    live.computeIfAbsent(id, ignored -> newUpload()).keep(staged, 0);
  }

  /**
   * Makes the caller the one who writes, then runs its work and lets the next one in, however the
   * work ends.
   *
   * @param work gets the session's row and bytes; what it answers is answered after it has left
   * @param refused called instead when the session may not be written to, still with nobody else in
   */
  <T> Future<T> write(
      RepositoryName repository, String id, OptionalLong start, Work<T> work, Refusal<T> refused) {
    // Counted while it cannot be forgotten: two requests of one session must meet in one place.
    LiveUpload upload =
        live.compute(id, (ignored, known) -> (known == null ? newUpload() : known).use());
    Writing writing = new Writing(vertx, uploads, memory, config.beat());
    return upload
        .enter(writing)
        .compose(
            entered ->
                entered
                    ? begin(upload, writing, repository, id, start, work, refused)
                        .onComplete(ignored -> leave(upload, writing))
                    : size(repository, id)
                        .<T>compose(size -> Future.failedFuture(UploadFailures.busy(size))))
        .onComplete(ignored -> release(id, upload));
  }

  private void release(String id, LiveUpload upload) {
    live.compute(
        id,
        (ignored, known) -> {
          boolean unused = upload.release();
          return upload.equals(known) && unused ? null : known;
        });
  }

  private <T> Future<T> begin(
      LiveUpload upload,
      Writing writing,
      RepositoryName repository,
      String id,
      OptionalLong start,
      Work<T> work,
      Refusal<T> refused) {
    return begin(repository, id, start)
        .compose(
            begun -> {
              if (begun.row().isEmpty()) {
                return refused.answer(begun.asked());
              }
              UploadRow row = begun.row().get();
              StagedUpload known = upload.staged(row.epochBefore());
              if (known != null && known.size() < row.size()) {
                return takeBack(row, upload, known)
                    .compose(
                        ignored -> begin(upload, writing, repository, id, start, work, refused));
              }
              return staged(upload, row).compose(staged -> work.run(writing.began(row, staged)));
            });
  }

  /** Makes this node the writer, at once also where another one writes that lets go. */
  private Future<Begun> begin(RepositoryName repository, String id, OptionalLong start) {
    return uploads
        .begin(id, repository, start, node)
        .compose(
            begun ->
                begun.isPresent()
                    ? Future.succeededFuture(new Begun(begun, false))
                    : find(repository, id)
                        .map(found -> found.filter(row -> row.state() == State.OPEN))
                        .map(found -> found.flatMap(this::otherWriter))
                        .compose(
                            other ->
                                other.isEmpty()
                                    ? Future.succeededFuture(new Begun(begun, false))
                                    : beginAfter(other.get(), repository, id, start)));
  }

  /** Asks the node that writes to let go. */
  private Future<Begun> beginAfter(
      String other, RepositoryName repository, String id, OptionalLong start) {
    return peers
        .ask(other, id, true)
        .compose(
            done ->
                done
                    ? uploads.begin(id, repository, start, node)
                    : Future.succeededFuture(Optional.empty()))
        .map(begun -> new Begun(begun, true));
  }

  /** Has whoever writes bring the row up to date; tells whether it may say something else now. */
  private Future<Boolean> refresh(UploadRow row) {
    return otherWriter(row)
        .map(other -> peers.ask(other, row.id(), false))
        .orElseGet(() -> record(row));
  }

  private Optional<String> otherWriter(UploadRow row) {
    return row.writer().filter(writer -> !writer.equals(node));
  }

  /**
   * Writes into the row how far an upload is that this node writes.
   *
   * @param stop whether whoever writes should stop first, because another node goes on
   * @return false when this node knows nothing of it
   */
  Future<Boolean> bringUpToDate(String id, boolean stop) {
    LiveUpload upload = live.get(id);
    if (upload == null) {
      return Future.succeededFuture(false);
    }
    Future<Void> quiet = stop ? upload.evict() : Future.succeededFuture();
    return quiet
        .compose(ignored -> uploads.find(id))
        .compose(row -> row.map(this::record).orElseGet(() -> Future.succeededFuture(false)))
        .map(true);
  }

  /** The request before recorded bytes that it then refused, and could not record that. */
  private Future<?> takeBack(UploadRow row, LiveUpload upload, StagedUpload known) {
    upload.keep(known, row.epoch());
    return uploads.checkpoint(row.id(), row.epoch(), Progress.of(known), true);
  }

  private static void leave(LiveUpload upload, Writing writing) {
    writing.leaving();
    upload.leave(writing);
    writing.hasLeft();
  }

  /**
   * Returns the bytes exactly as far as the row says they count. What this process keeps are those
   * only if nobody wrote since: others may have stored as many, and different ones.
   */
  private Future<StagedUpload> staged(LiveUpload upload, UploadRow row) {
    StagedUpload known = upload.staged(row.epochBefore());
    if (known != null && known.size() == row.size()) {
      upload.keep(known, row.epoch());
      return Future.succeededFuture(known);
    }
    return staging
        .reopen(row.id(), row.algorithm(), Progress.ofRow(row))
        .onSuccess(staged -> upload.keep(staged, row.epoch()))
        .recover(cause -> close(row, cause));
  }

  /** Ends a session whose bytes are not what its row says: nobody can go on with it. */
  private <T> Future<T> close(UploadRow row, Throwable cause) {
    LOG.warn("ending the upload {} because its bytes could not be opened", row.id(), cause);
    return uploads
        .close(row.id(), row.repository())
        .transform(ignored -> Future.failedFuture(UploadFailures.unknown("go on with", row.id())));
  }

  /**
   * Says why a session may not be written to.
   *
   * @param asked whether another node was asked already, which is done once for a request: one that
   *     does not answer would have it wait for a second time
   */
  <T> Future<T> explain(RepositoryName repository, String id, OptionalLong start, boolean asked) {
    Future<Long> known =
        asked ? unfinished(repository, id).map(UploadRow::size) : size(repository, id);
    return known.compose(
        size ->
            Future.failedFuture(
                start.isPresent() && start.getAsLong() != size
                    ? UploadFailures.outOfOrder(start.getAsLong(), size)
                    : UploadFailures.busy(size)));
  }

  /**
   * Returns how many bytes of an unfinished session are stored, those of a running request
   * included. Its row says so, too: whatever comes next, the next request goes on from there.
   */
  Future<Long> size(RepositoryName repository, String id) {
    return unfinished(repository, id)
        .compose(
            row ->
                refresh(row)
                    .compose(
                        changed ->
                            changed ? unfinished(repository, id) : Future.succeededFuture(row)))
        .map(UploadRow::size);
  }

  private Future<UploadRow> unfinished(RepositoryName repository, String id) {
    return find(repository, id)
        .compose(
            found ->
                found
                    .filter(row -> row.state() != State.FINISHED)
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Future.failedFuture(UploadFailures.unknown("find", id))));
  }

  /**
   * Writes into the row what its writer has stored, if that is a request of this process. One that
   * has left could not do that itself, or does not know whether it did.
   *
   * @return whether the row may say something else now
   */
  private Future<Boolean> record(UploadRow row) {
    LiveUpload upload = live.get(row.id());
    StagedUpload staged = upload == null ? null : upload.staged(row.epoch());
    if (upload == null || staged == null || !row.writing()) {
      return Future.succeededFuture(false);
    }
    boolean left = !upload.hasWriter();
    boolean same = staged.size() == row.size();
    if (same && !left) {
      return Future.succeededFuture(false);
    }
    Future<Boolean> recorded =
        uploads.checkpoint(row.id(), row.epoch(), Progress.of(staged), left).map(true);
    return same ? recorded.otherwise(false) : recorded;
  }

  /** Finds a session of a repository that is not closed. */
  Future<Optional<UploadRow>> find(RepositoryName repository, String id) {
    return uploads
        .find(id)
        .map(
            row ->
                row.filter(
                    found ->
                        found.repository().equals(repository) && found.state() != State.CLOSED));
  }

  /**
   * Stops whoever writes to a session that ended, and deletes its bytes. It is known until then, so
   * that a second call, of the reaper for one, finds the writer that the first one waits for.
   */
  Future<Void> discard(String id) {
    LiveUpload upload = live.get(id);
    Future<Void> quiet = upload == null ? Future.succeededFuture() : upload.evict();
    return quiet.compose(ignored -> staging.discard(id)).onSuccess(ignored -> forget(id));
  }

  /** Stops whoever writes to any session; complete when what arrived is stored, and recorded. */
  Future<Void> endWriting() {
    return Future.join(live.values().stream().map(LiveUpload::evict).toList()).mapEmpty();
  }

  /** Forgets a session whose bytes were published. */
  void forget(String id) {
    live.remove(id);
  }

  /**
   * Forgets sessions that no request of this process has used for so long: another node may have
   * finished them, or may still write to them. What is kept is found again where the row says.
   */
  void forgetUnused(Duration silence) {
    live.keySet()
        .forEach(
            id ->
                live.computeIfPresent(
                    id, (ignored, upload) -> upload.isUnused(silence) ? null : upload));
  }

  /** Returns of how many sessions something is kept. */
  int known() {
    return live.size();
  }

  private LiveUpload newUpload() {
    return new LiveUpload(vertx, config.takeover());
  }

  /**
   * What became of a wish to write.
   *
   * @param row none when it was refused
   * @param asked whether another node was asked to let go
   */
  private record Begun(Optional<UploadRow> row, boolean asked) {}

  /** What a request does that may not write. */
  interface Refusal<T> {
    /**
     * Answers it.
     *
     * @param asked whether it waited for another node already
     */
    Future<T> answer(boolean asked);
  }

  /** What a request does while it is the one who writes. */
  interface Work<T> {
    Future<T> run(Writing writing);
  }
}
