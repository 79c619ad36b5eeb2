package io.slipway.http.v2;

import io.vertx.core.Future;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Path;

/**
 * Copies a part of a file into an answer where the kernel cannot: HTTP/2, and answers of several
 * parts.
 */
final class FilePipe {
  /** Vert.x reads 8 KiB at a time unless told otherwise, which is four times slower. */
  private static final int READ_BYTES = 128 * 1024;

  private FilePipe() {}

  /**
   * Copies bytes and leaves the answer open. Nothing was sent when it fails for want of the file;
   * the file is closed whatever happens.
   */
  static Future<Void> copy(
      FileSystem files, Path path, long offset, long length, HttpServerResponse response) {
    OpenOptions readOnly = new OpenOptions().setRead(true).setWrite(false).setCreate(false);
    return files
        .open(path.toString(), readOnly)
        .compose(file -> copy(file, path, offset, length, response));
  }

  private static Future<Void> copy(
      AsyncFile file, Path path, long offset, long length, HttpServerResponse response) {
    if (response.closed()) {
      return file.close();
    }
    Future<Void> copied;
    try {
      requireBytes(path, file.sizeBlocking(), offset + length);
      // An answer that nobody reads any more is never drained: then the pipe itself does not end.
      response.closeHandler(ignored -> close(file));
      file.setReadBufferSize(Math.clamp(length, 1, READ_BYTES));
      file.setReadPos(offset);
      file.setReadLength(length);
      copied = file.pipe().endOnComplete(false).endOnFailure(false).to(response);
    } catch (RuntimeException e) {
      copied = Future.failedFuture(e);
    }
    return copied.eventually(() -> close(file));
  }

  private static Future<Void> close(AsyncFile file) {
    try {
      return file.close().otherwiseEmpty();
    } catch (IllegalStateException alreadyClosed) {
      return Future.succeededFuture();
    }
  }

  /** Fails before the head is sent when a file is shorter than what was promised. */
  static void requireBytes(Path path, long actual, long expected) {
    if (actual < expected) {
      throw new IllegalStateException(
          "the file " + path + " has " + actual + " bytes but should have at least " + expected);
    }
  }
}
