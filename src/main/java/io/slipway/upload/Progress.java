package io.slipway.upload;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;

/** Carries what the blob store tells of an upload to its row, and back. */
final class Progress {
  private Progress() {}

  static UploadProgress of(StagedUpload staged) {
    StagedProgress progress = staged.progress();
    return new UploadProgress(progress.size(), progress.nextPart(), progress.state());
  }

  static StagedProgress ofRow(UploadRow row) {
    UploadProgress progress = row.progress();
    return new StagedProgress(progress.size(), progress.nextPart(), progress.resume());
  }
}
