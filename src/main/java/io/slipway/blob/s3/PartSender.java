package io.slipway.blob.s3;

import io.slipway.blob.S3Config;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the bytes of one upload to S3, a few requests at a time, as parts and pieces. Belongs to
 * the thread of the upload's steps; its methods wait.
 */
final class PartSender {
  private static final int IN_FLIGHT = 4;

  /** So many part numbers a writer may use before the session's row says so. */
  private static final int AHEAD = 8;

  /** Parts of a blob whose length is known; the rest of the numbers is for other writers. */
  private static final int PLANNED_PARTS = 9000;

  private static final long MEBIBYTE = 1024 * 1024;

  private final UploadObjects objects;
  private final PartMemory memory;
  private final StoredPrefix stored;
  private final S3Config config;
  private final Semaphore slots = new Semaphore(IN_FLIGHT);

  /** Where the bytes will lie when everything under way is done; tags are not known yet. */
  private Layout planned;

  private @Nullable WriterTurn turn;
  private int pieces;
  private volatile long nextPart = 1;
  private long recorded = 1;
  private @Nullable CompletableFuture<Void> recording;
  private long recordingPart;

  PartSender(UploadObjects objects, PartMemory memory, StoredPrefix stored) {
    this.objects = objects;
    this.memory = memory;
    this.stored = stored;
    this.config = objects.bucket().config();
    this.planned = stored.mark().layout();
  }

  long nextPart() {
    return nextPart;
  }

  void begin(WriterTurn newTurn, long expected) {
    turn = newTurn;
    pieces = 0;
    nextPart = Math.max(nextPart, newTurn.nextPart());
    recorded = newTurn.nextPart();
    recording = null;
    if (planned.multipart() == null) {
      long least = Math.max(config.partSize().bytes(), planned.partSize());
      long enough = Math.ceilDiv(Math.ceilDiv(expected, PLANNED_PARTS), MEBIBYTE) * MEBIBYTE;
      long most = config.uploadMemory().bytes();
      planned = planned.shaped(null, Math.clamp(enough, least, Math.max(least, most)));
    }
  }

  /** Refuses a length, before its bytes come, for which there are not enough part numbers. */
  void requireRoom(long expected) {
    long sent = planned.parts().stream().mapToLong(Layout.Part::size).sum();
    long numbers = S3Multiparts.MAX_PARTS - nextPart + 1;
    // What is one object, or in parts already, needs none.
    if (expected - sent > Math.max(0, numbers) * planned.partSize() && !isOneObject(expected)) {
      throw tooLarge();
    }
  }

  private boolean isOneObject(long expected) {
    return planned.parts().isEmpty() && expected <= planned.partSize();
  }

  /** Forgets everything that was sent after a layout; only while nothing is under way. */
  void reset(Layout layout) {
    planned = layout.shaped(layout.multipart(), Math.max(layout.partSize(), planned.partSize()));
    if (layout.multipart() != null) {
      planned = layout;
    }
  }

  /** Returns how many bytes after the pieces fill a part. */
  long missing() {
    return planned.partSize() - planned.pieceBytes();
  }

  /** Gets ready for more bytes; afterwards some are missing. */
  void reopen(@Nullable MessageDigest hash) throws InterruptedException {
    if (planned.isClosed()) {
      throw new RegistryException(
          ErrorCode.BLOB_UPLOAD_INVALID,
          "tried to add bytes to an upload that was about to be finished");
    }
    planned = planned.reopened();
    if (missing() == 0) {
      // The last piece was stored, and the part that it filled was not.
      sendPart(new PartBuffer(memory, 0), hash);
    }
  }

  /** Hands out the tail, with which the next part or piece begins. */
  Buffer takeTail() {
    Buffer tail = planned.tail();
    planned = planned.withTail(Buffer.buffer());
    return tail;
  }

  /** Keeps a few bytes as the tail. */
  void keepTail(PartBuffer rest, @Nullable MessageDigest hash) {
    Buffer tail = Buffer.buffer();
    rest.views().forEach(view -> tail.appendBuffer(heap(view)));
    rest.free();
    add(nothing(), layout -> layout.withTail(tail), hash);
  }

  private static Buffer heap(ByteBuffer view) {
    byte[] bytes = new byte[view.remaining()];
    view.get(bytes);
    return Buffer.buffer(bytes);
  }

  /** Sends bytes that fill no part as an object of their own. */
  void sendPiece(PartBuffer bytes, @Nullable MessageDigest hash) throws InterruptedException {
    Layout.Piece piece = new Layout.Piece(objects.pieceKey(turn().epoch(), pieces++), bytes.size());
    add(put(piece.key(), bytes), layout -> layout.withPiece(piece), hash);
  }

  private CompletableFuture<Void> put(String key, PartBuffer bytes) throws InterruptedException {
    return send(bytes, () -> objects.bucket().put(key, bytes.views()));
  }

  /** Begins a request as soon as it may, and gives back what it used however it goes. */
  private <T> CompletableFuture<T> send(PartBuffer bytes, Supplier<CompletableFuture<T>> request)
      throws InterruptedException {
    try {
      slots.acquire();
    } catch (InterruptedException e) {
      bytes.free();
      throw e;
    }
    CompletableFuture<T> sent;
    try {
      sent = request.get();
    } catch (RuntimeException | Error e) {
      sent = CompletableFuture.failedFuture(e);
    }
    return sent.whenComplete(
        (answer, failure) -> {
          bytes.free();
          slots.release();
        });
  }

  /** Sends a part: the pieces, and what came after them. */
  void sendPart(PartBuffer bytes, @Nullable MessageDigest hash) throws InterruptedException {
    PartBuffer whole = planned.pieces().isEmpty() ? bytes : merge(bytes, hash);
    int number = takeNumber(whole);
    long size = whole.size();
    CompletableFuture<String> sent =
        send(
            whole,
            () -> objects.multiparts().upload(objects.key(), multipart(), number, whole.views()));
    addPart(sent, number, size, hash);
  }

  private String multipart() {
    return String.valueOf(planned.multipart());
  }

  private void addPart(
      CompletableFuture<String> sent, int number, long size, @Nullable MessageDigest hash) {
    String multipart = planned.multipart();
    long partSize = planned.partSize();
    planned = planned.withPart(new Layout.Part(number, "", size));
    stored.add(
        sent,
        (layout, tag) ->
            layout.shaped(multipart, partSize).withPart(new Layout.Part(number, tag, size)),
        hash);
  }

  private <T> void add(
      CompletableFuture<T> request, Function<Layout, Layout> change, @Nullable MessageDigest hash) {
    String multipart = planned.multipart();
    long partSize = planned.partSize();
    planned = change.apply(planned);
    stored.add(
        request, (layout, ignored) -> change.apply(layout.shaped(multipart, partSize)), hash);
  }

  /** Returns the pieces and what came after them in one buffer. */
  private PartBuffer merge(PartBuffer bytes, @Nullable MessageDigest hash)
      throws InterruptedException {
    long size = planned.pieceBytes() + bytes.size();
    int count = PartMemory.chunks(size);
    PartBuffer rest = bytes;
    if (!memory.tryTake(count)) {
      if (bytes.size() > 0) {
        sendPiece(bytes, hash);
        rest = new PartBuffer(memory, 0);
      }
      stored.await();
      memory.take(count);
    }
    PartBuffer whole = new PartBuffer(memory, count);
    try {
      // What was just sent may not have arrived, and pieces are read as they are planned.
      stored.await();
      Throwable failure = stored.failure();
      if (failure != null) {
        throw S3Failures.rethrow(S3Failures.translate(failure, "store a piece of an upload"));
      }
      for (Layout.Piece piece : planned.pieces()) {
        objects.read(piece, whole);
      }
      rest.views().forEach(whole::put);
      rest.free();
      return whole;
    } catch (InterruptedException | RuntimeException e) {
      whole.free();
      rest.free();
      throw e;
    }
  }

  /**
   * Takes the number of the next part, and begins the multipart upload with the first.
   *
   * @param bytes given back when there is none
   */
  private int takeNumber(PartBuffer bytes) throws InterruptedException {
    try {
      if (planned.multipart() == null) {
        planned = planned.shaped(objects.createMultipart(), planned.partSize());
      }
      long number = nextPart;
      if (number > S3Multiparts.MAX_PARTS) {
        throw tooLarge();
      }
      awaitRecord(number);
      nextPart = number + 1;
      return (int) number;
    } catch (InterruptedException | RuntimeException e) {
      bytes.free();
      throw e;
    }
  }

  private RegistryException tooLarge() {
    return new RegistryException(
        ErrorCode.SIZE_INVALID,
        "tried to store a blob of more parts than there may be; its length, announced with its"
            + " first bytes, makes parts larger, up to storage.s3.upload_memory",
        Map.of("part_size", planned.partSize()));
  }

  /** Has the row written now and then, and waits for that when numbers run out. */
  private void awaitRecord(long number) throws InterruptedException {
    CompletableFuture<Void> running = recording;
    if (running != null && (running.isDone() || number >= recorded + AHEAD)) {
      try {
        running.get();
      } catch (ExecutionException e) {
        throw S3Failures.rethrow(S3Failures.cause(e));
      }
      recorded = recordingPart;
      recording = null;
    }
    if (recording == null && number >= recorded + AHEAD / 2) {
      recordingPart = number;
      Future<Void> asked = turn().record().get();
      recording = asked.toCompletionStage().toCompletableFuture();
      if (number >= recorded + AHEAD) {
        awaitRecord(number);
      }
    }
  }

  private WriterTurn turn() {
    WriterTurn current = turn;
    if (current == null) {
      throw new IllegalStateException("bytes came before the turn began");
    }
    return current;
  }

  /** Sends what is left, so that everything can become one object. */
  void close(@Nullable PartBuffer rest, boolean unverified, @Nullable MessageDigest hash)
      throws InterruptedException {
    if (planned.object() == null || rest != null) {
      if (planned.parts().isEmpty()) {
        closeObject(rest, hash);
      } else {
        closeParts(rest, hash);
      }
    }
    if (unverified) {
      add(nothing(), Layout::asUnverified, hash);
    }
  }

  private void closeObject(@Nullable PartBuffer rest, @Nullable MessageDigest hash)
      throws InterruptedException {
    if (rest == null && planned.pieces().size() == 1 && planned.tail().length() == 0) {
      Layout.Piece only = planned.pieces().getFirst();
      add(nothing(), layout -> layout.withObject(only.key(), only.size()), hash);
      return;
    }
    PartBuffer end = end(rest);
    PartBuffer whole = planned.pieces().isEmpty() ? end : merge(end, hash);
    long size = whole.size();
    String key = objects.objectKey(turn().epoch());
    add(put(key, whole), layout -> layout.withObject(key, size), hash);
  }

  private void closeParts(@Nullable PartBuffer rest, @Nullable MessageDigest hash)
      throws InterruptedException {
    boolean more = rest != null || planned.tail().length() > 0;
    if (!more && planned.pieces().isEmpty()) {
      return;
    }
    if (more || planned.pieces().size() > 1) {
      sendPart(end(rest), hash);
      return;
    }
    stored.await();
    Layout.Piece only = planned.pieces().getFirst();
    int number = takeNumber(new PartBuffer(memory, 0));
    CompletableFuture<String> copied =
        objects.multiparts().copy(objects.key(), multipart(), number, only.key());
    addPart(copied, number, only.size(), hash);
  }

  /** Returns everything after the pieces. */
  private PartBuffer end(@Nullable PartBuffer rest) throws InterruptedException {
    if (rest != null) {
      return rest;
    }
    Buffer tail = takeTail();
    int count = PartMemory.chunks(tail.length());
    memory.take(count);
    PartBuffer end = new PartBuffer(memory, count);
    try {
      end.put(ByteBuffer.wrap(tail.getBytes()));
      return end;
    } catch (RuntimeException e) {
      end.free();
      throw e;
    }
  }

  /** Stands for a request where a step needs none. */
  private static CompletableFuture<Boolean> nothing() {
    return CompletableFuture.completedFuture(true);
  }
}
