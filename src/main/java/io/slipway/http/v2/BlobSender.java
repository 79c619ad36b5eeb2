package io.slipway.http.v2;

import io.slipway.blob.BlobContent;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Sends the bytes of one blob the shortest way: from memory, by the kernel, or through a pipe. */
final class BlobSender {
  private final Exchange exchange;
  private final Digest digest;
  private final BlobContent content;
  private final FileSystem files;

  BlobSender(Exchange exchange, Digest digest, BlobContent content, FileSystem files) {
    this.exchange = exchange;
    this.digest = digest;
    this.content = content;
    this.files = files;
  }

  /** Ends the answer with every byte. */
  void sendWhole(long size) {
    send(0, size);
  }

  /** Ends the answer with a part of the bytes, and sets its length. */
  void send(long offset, long length) {
    HttpServerResponse response = exchange.response();
    response.putHeader(V2Headers.CONTENT_LENGTH, Long.toString(length));
    switch (content) {
      case BlobContent.InMemory memory -> response.end(slice(memory.bytes(), offset, length));
      case BlobContent.InFile file -> {
        if (exchange.request().version() == HttpVersion.HTTP_2) {
          exchange.when(
              FilePipe.copy(files, file.path(), offset, length, response),
              ignored -> response.end(),
              this::fail);
        } else {
          sendByKernel(file.path(), offset, length);
        }
      }
      case BlobContent.Cached cached -> sendCached(cached, offset, length);
      case BlobContent.Streamed streamed ->
          exchange.when(stream(streamed, offset, length), ignored -> response.end(), this::fail);
    }
  }

  /** Adds a part of the bytes to an answer whose head says how long it is. */
  Future<Void> append(long offset, long length) {
    HttpServerResponse response = exchange.response();
    return switch (content) {
      case BlobContent.InMemory memory -> response.write(slice(memory.bytes(), offset, length));
      case BlobContent.InFile file -> FilePipe.copy(files, file.path(), offset, length, response);
      case BlobContent.Cached cached -> copy(cached, offset, length);
      case BlobContent.Streamed streamed -> stream(streamed, offset, length);
    };
  }

  private void sendCached(BlobContent.Cached cached, long offset, long length) {
    if (exchange.request().version() == HttpVersion.HTTP_2) {
      exchange.when(copy(cached, offset, length), ignored -> exchange.response().end(), this::fail);
      return;
    }
    FileChannel channel;
    try {
      channel = open(cached.path(), offset + length);
    } catch (IOException | RuntimeException e) {
      exchange.when(
          withoutFile(cached, e, offset, length), ignored -> exchange.response().end(), this::fail);
      return;
    }
    cached.served();
    sendByKernel(channel, offset, length);
  }

  private Future<Void> copy(BlobContent.Cached cached, long offset, long length) {
    return FilePipe.open(files, cached.path(), offset, length, exchange.response())
        .compose(
            pipe -> {
              cached.served();
              return pipe.run();
            },
            cause -> withoutFile(cached, cause, offset, length));
  }

  private Future<Void> withoutFile(
      BlobContent.Cached cached, Throwable cause, long offset, long length) {
    BlobContent.Streamed streamed = cached.lost(cause);
    if (!exchange.response().headWritten()) {
      BlobHeaders.setCache(exchange.response().headers(), streamed.cache());
    }
    return stream(streamed, offset, length);
  }

  private Future<Void> stream(BlobContent.Streamed streamed, long offset, long length) {
    return streamed
        .read(offset, length)
        .compose(bytes -> new StreamPipe(bytes, exchange.response()).run());
  }

  private static Buffer slice(Buffer bytes, long offset, long length) {
    return length == bytes.length()
        ? bytes
        : bytes.slice(Math.toIntExact(offset), Math.toIntExact(offset + length));
  }

  private void sendByKernel(Path path, long offset, long length) {
    try {
      sendByKernel(open(path, offset + length), offset, length);
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  /** Opens a file that has so many bytes. */
  private static FileChannel open(Path path, long bytes) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      FilePipe.requireBytes(path, channel.size(), bytes);
    } catch (IOException | RuntimeException e) {
      close(channel);
      throw e;
    }
    return channel;
  }

  private void sendByKernel(FileChannel channel, long offset, long length) {
    try {
      exchange
          .response()
          .sendFile(channel, offset, length)
          .onComplete(
              ignored -> close(channel),
              failure -> {
                close(channel);
                fail(failure);
              });
    } catch (RuntimeException e) {
      close(channel);
      fail(e);
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // Nothing was written to it that could be lost.
    }
  }

  /** Answers a failure; a file that is gone was deleted after its name was found. */
  void fail(Throwable failure) {
    boolean gone =
        failure instanceof NoSuchFileException || failure.getCause() instanceof NoSuchFileException;
    exchange.fail(
        gone
            ? new RegistryException(
                ErrorCode.BLOB_UNKNOWN,
                "tried to read the blob " + digest + " but its bytes are not there any more",
                Map.of("digest", digest.text()))
            : failure);
  }
}
