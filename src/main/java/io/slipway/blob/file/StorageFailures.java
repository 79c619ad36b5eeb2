package io.slipway.blob.file;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.io.IOException;

/** Tells a full disk from other failures of the file system. */
final class StorageFailures {
  private StorageFailures() {}

  static Throwable translate(Throwable failure) {
    String message = failure instanceof IOException ? String.valueOf(failure.getMessage()) : "";
    // The JDK gives no other sign of ENOSPC and EDQUOT than the system's sentence.
    return message.contains("No space left") || message.contains("quota exceeded")
        ? new RegistryException(
            ErrorCode.STORAGE_FULL, "tried to write to the storage but no space is left on it")
        : failure;
  }
}
