package io.slipway.upload;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Durations;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers that uploads are refused with, and what failures mean for what is stored. */
final class UploadFailures {
  private UploadFailures() {}

  /** Tells whether a request was wrong, so that nothing of it counts. */
  static boolean isWrong(@Nullable Throwable cause) {
    return cause instanceof RegistryException refused && !isPassing(refused);
  }

  /** Tells whether trying again may help: what was stored before stays. */
  static boolean isPassing(@Nullable Throwable cause) {
    return cause instanceof RegistryException refused && refused.code() == ErrorCode.UNAVAILABLE;
  }

  /** Tells whether no space was left. */
  static boolean isFull(@Nullable Throwable cause) {
    return cause instanceof RegistryException refused && refused.code() == ErrorCode.STORAGE_FULL;
  }

  static RegistryException unknown(String action, String id) {
    return new RegistryException(
        ErrorCode.BLOB_UPLOAD_UNKNOWN,
        "tried to "
            + action
            + " the upload "
            + id
            + " but there is no such session in this repository; it may have expired",
        Map.of("upload", id));
  }

  static RegistryException tooMany(Actor actor, UploadConfig config) {
    return new RegistryException(
        ErrorCode.TOOMANYREQUESTS,
        "tried to open an upload but "
            + config.maxOpen()
            + " uploads of "
            + actor.name()
            + " are open, the most that uploads.max_open allows; finish or cancel some, or wait:"
            + " one ends after "
            + Durations.format(config.timeout())
            + " without a new byte",
        Map.of("open", config.maxOpen()));
  }

  static RegistryException outOfOrder(long start, long size) {
    return new RegistryException(
        ErrorCode.UPLOAD_RANGE_INVALID,
        "tried to add a chunk at byte " + start + " but the next byte of the upload is " + size,
        Map.of("size", size));
  }

  static RegistryException busy(long size) {
    return new RegistryException(
        ErrorCode.UPLOAD_RANGE_INVALID,
        "tried to add a chunk but another request is writing to the upload",
        Map.of("size", size));
  }

  static RegistryException wrongDigest(Digest expected, Digest actual) {
    return new RegistryException(
        ErrorCode.DIGEST_INVALID,
        "tried to store the blob as " + expected + " but its content is " + actual,
        Map.of("expected", expected.text(), "actual", actual.text()));
  }
}
