package io.slipway.repository;

import io.slipway.blob.BlobContent;
import io.slipway.metadata.LinkedBlob;

/** A blob and the way its bytes can be sent. */
public record BlobDownload(LinkedBlob blob, BlobContent content) {}
