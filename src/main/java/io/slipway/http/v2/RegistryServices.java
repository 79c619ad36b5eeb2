package io.slipway.http.v2;

import io.slipway.repository.BlobService;
import io.slipway.repository.ListingService;
import io.slipway.repository.ManifestService;
import io.slipway.repository.ReferrerService;
import io.slipway.upload.UploadService;

/** The use cases that the API offers. */
public record RegistryServices(
    BlobService blobs,
    UploadService uploads,
    ManifestService manifests,
    ListingService listings,
    ReferrerService referrers) {}
