package io.slipway.gc;

import java.time.Duration;

/**
 * Until when something must have been left alone to be garbage, by the database's clock in
 * milliseconds since 1970.
 *
 * @param manifests for manifests without a tag
 * @param blobs for blobs and their links
 */
record Cutoffs(long manifests, long blobs) {
  static Cutoffs at(long now, GcOptions options, GcConfig config) {
    Duration untagged = options.grace().orElse(config.untaggedAfter());
    Duration grace = options.grace().orElse(config.grace());
    return new Cutoffs(now - untagged.toMillis(), now - grace.toMillis());
  }
}
