package io.slipway.upload;

/** Tells that a request was stopped for another one took its session over, or the session ended. */
final class UploadStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UploadStoppedException() {
    super(
        "the upload was stopped: another request took it over, or it was cancelled",
        null,
        false,
        false);
  }
}
