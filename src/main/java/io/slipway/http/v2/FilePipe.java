package io.slipway.http.v2;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Path;

/**
 * Copies a part of a file into an answer where the kernel cannot: HTTP/2, and answers of several
 * parts.
 *
 * <p>Not Vert.x's own pipe: that reads 8 KiB at a time, which is four times slower, and neither
 * ends nor lets its file be closed in peace when the client leaves while it waits.
 */
final class FilePipe {
  private static final int READ_BYTES = 64 * 1024;

  /**
   * What may wait for the client to take it. Counted here: an HTTP/2 response of Vert.x is full
   * when 16 buffers wait, whatever their size.
   */
  private static final int MAX_UNSENT = 3 * READ_BYTES;

  private final AsyncFile file;
  private final HttpServerResponse response;
  private final Promise<Void> copied = Promise.promise();
  private final long end;
  private long position;
  private int unsent;
  private boolean waiting;

  private FilePipe(AsyncFile file, HttpServerResponse response, long offset, long length) {
    this.file = file;
    this.response = response;
    this.position = offset;
    this.end = offset + length;
  }

  /**
   * Copies bytes and leaves the answer open. Nothing was sent when it fails for want of the file;
   * the file is closed whatever happens.
   */
  static Future<Void> copy(
      FileSystem files, Path path, long offset, long length, HttpServerResponse response) {
    return open(files, path, offset, length, response).compose(FilePipe::run);
  }

  /** Opens a file that has the bytes; it is closed when they were copied, so they must be. */
  static Future<FilePipe> open(
      FileSystem files, Path path, long offset, long length, HttpServerResponse response) {
    OpenOptions readOnly = new OpenOptions().setRead(true).setWrite(false).setCreate(false);
    return files
        .open(path.toString(), readOnly)
        .compose(
            file -> {
              try {
                requireBytes(path, file.sizeBlocking(), offset + length);
              } catch (RuntimeException e) {
                return file.close().transform(closed -> Future.failedFuture(e));
              }
              return Future.succeededFuture(new FilePipe(file, response, offset, length));
            });
  }

  /** Fails before the head is sent when a file is shorter than what was promised. */
  static void requireBytes(Path path, long actual, long expected) {
    if (actual < expected) {
      throw new IllegalStateException(
          "the file " + path + " has " + actual + " bytes but should have at least " + expected);
    }
  }

  /** Copies the bytes, then closes the file. */
  Future<Void> run() {
    next();
    return copied.future().eventually(() -> file.close());
  }

  private void next() {
    if (copied.future().isComplete()) {
      // One of several writes has failed, and the file is closed.
      return;
    }
    if (position == end) {
      copied.complete();
    } else if (response.closed()) {
      copied.fail(new HttpClosedException("the client has gone"));
    } else {
      int wanted = (int) Math.min(READ_BYTES, end - position);
      file.read(Buffer.buffer(wanted), 0, position, wanted)
          .onComplete(this::write, copied::tryFail);
    }
  }

  private void write(Buffer bytes) {
    if (bytes.length() == 0) {
      copied.tryFail(new IllegalStateException("a file became shorter while it was sent"));
      return;
    }
    position += bytes.length();
    unsent += bytes.length();
    // A write that the client does not take any more fails at last, when the connection ends.
    response.write(bytes).onComplete(ignored -> sent(bytes.length()), copied::tryFail);
    if (unsent + READ_BYTES > MAX_UNSENT) {
      waiting = true;
    } else {
      next();
    }
  }

  private void sent(int length) {
    unsent -= length;
    if (waiting) {
      waiting = false;
      next();
    }
  }
}
