package io.slipway.blob.s3;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Tells what a failed request to S3 means, and what clients may know of it. */
final class S3Failures {
  private static final Logger LOG = LoggerFactory.getLogger(S3Failures.class);

  /** AWS is never full; others are, and answer so. */
  private static final int INSUFFICIENT_STORAGE = 507;

  /**
   * What the system says of a full disk, in lower case. MinIO looks how much is left once a second;
   * what fails before that is a 500 to it, with these words.
   */
  private static final String NO_SPACE = "no space left on device";

  private S3Failures() {}

  /**
   * Waits for a request; on a virtual thread only.
   *
   * @param action what was tried, after "tried to"
   */
  static <T> T get(CompletableFuture<T> request, String action) throws InterruptedException {
    try {
      return request.get();
    } catch (ExecutionException e) {
      throw rethrow(translate(e, action));
    }
  }

  /** Returns what it is: an exception without the wrappers of futures. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Makes of a failure of S3 one that a client is told of; others stay. */
  static Throwable translate(Throwable failure, String action) {
    Throwable cause = cause(failure);
    if (!(cause instanceof SdkException)) {
      return cause;
    }
    LOG.warn("tried to {} but {}", action, describe(cause));
    if (isFull(cause)) {
      return new RegistryException(
          ErrorCode.STORAGE_FULL,
          "tried to " + action + " but no space is left in the object store",
          Map.of());
    }
    return new RegistryException(
        ErrorCode.UNAVAILABLE,
        "tried to " + action + " but the object store does not work at the moment; try again",
        Map.of());
  }

  /** Tells whether no space is left in S3. */
  private static boolean isFull(Throwable failure) {
    return switch (cause(failure)) {
      case RegistryException told -> told.code() == ErrorCode.STORAGE_FULL;
      case AwsServiceException service ->
          service.statusCode() == INSUFFICIENT_STORAGE
              || (service.statusCode() >= 500
                  && message(service).toLowerCase(Locale.ROOT).contains(NO_SPACE));
      default -> false;
    };
  }

  /** Returns which of two failures of one request its client is told: that no space is left. */
  static Throwable toTell(Throwable first, Throwable second) {
    return !isFull(first) && isFull(second) ? second : first;
  }

  /** Returns the sentence for the log; the SDK's own has neither keys nor bodies in it. */
  private static String describe(Throwable cause) {
    return cause instanceof AwsServiceException service
        ? "S3 answered " + service.statusCode() + " " + code(service)
        : String.valueOf(cause.getMessage());
  }

  static String code(AwsServiceException failure) {
    return failure.awsErrorDetails() == null
        ? ""
        : String.valueOf(failure.awsErrorDetails().errorCode());
  }

  private static String message(AwsServiceException failure) {
    return failure.awsErrorDetails() == null
        ? ""
        : String.valueOf(failure.awsErrorDetails().errorMessage());
  }

  /**
   * Tells whether the answer was 404, which need not be of S3: a proxy answers so while no server
   * is behind it. A 403 may mean anything.
   */
  static boolean isMissing(Throwable failure) {
    return cause(failure) instanceof AwsServiceException service && service.statusCode() == 404;
  }

  /**
   * Tells whether S3 itself said that it has no such object. Never of a HEAD, whose answer has no
   * body to say so in.
   */
  static boolean isMissingKey(Throwable failure) {
    return isMissing(failure, "NoSuchKey");
  }

  /** Tells whether S3 itself said that it knows no such upload in parts. */
  static boolean isMissingUpload(Throwable failure) {
    return isMissing(failure, "NoSuchUpload");
  }

  private static boolean isMissing(Throwable failure, String code) {
    return isMissing(failure)
        && cause(failure) instanceof AwsServiceException service
        && code(service).equals(code);
  }

  static RuntimeException rethrow(Throwable failure) {
    return switch (failure) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      default -> new IllegalStateException(failure);
    };
  }
}
