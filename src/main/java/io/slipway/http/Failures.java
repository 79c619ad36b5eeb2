package io.slipway.http;

import io.netty.handler.codec.http2.Http2Exception;
import io.slipway.database.DatabaseException;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Tells what a client may know about a failure. */
final class Failures {
  private Failures() {}

  /** Returns what to answer; empty for a defect, of which the client learns nothing. */
  static Optional<RegistryException> answer(Throwable failure) {
    return switch (failure) {
      case RegistryException refused -> Optional.of(refused);
      case DatabaseException database ->
          switch (database.reason()) {
            case UNAVAILABLE -> Optional.of(unavailable("the database does not answer"));
            case FULL ->
                Optional.of(
                    new RegistryException(
                        ErrorCode.STORAGE_FULL,
                        "tried to write to the database but its disk is full"));
            default -> Optional.empty();
          };
      case RejectedExecutionException ignored -> Optional.of(unavailable("it is shutting down"));
      default -> Optional.empty();
    };
  }

  private static RegistryException unavailable(String reason) {
    return new RegistryException(
        ErrorCode.UNAVAILABLE, "tried to carry out the request but " + reason + "; try again");
  }

  /** Tells whether a failure says only that the client has gone. */
  static boolean isDisconnect(Throwable failure) {
    return failure instanceof HttpClosedException
        || failure instanceof StreamResetException
        || failure instanceof ClosedChannelException
        || failure instanceof Http2Exception.StreamException
        || (failure instanceof IOException && isBrokenConnection(failure.getMessage()));
  }

  /** The operating system's words, for there is no other sign. */
  private static boolean isBrokenConnection(@Nullable String message) {
    return message != null
        && (message.contains("Broken pipe") || message.contains("Connection reset"));
  }
}
