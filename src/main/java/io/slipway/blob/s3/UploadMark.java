package io.slipway.blob.s3;

import io.slipway.blob.StagedProgress;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * An upload at one size: where its bytes lie, and their hash so far.
 *
 * @param hash never updated; null when it is not known
 */
record UploadMark(Layout layout, @Nullable MessageDigest hash) {

  long size() {
    return layout.size();
  }

  /** Returns the hash, to be gone on with. */
  @Nullable MessageDigest copyOfHash() {
    return copy(hash);
  }

  static @Nullable MessageDigest copy(@Nullable MessageDigest hash) {
    try {
      return hash == null ? null : (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every digest of the JDK can be cloned", e);
    }
  }

  StagedProgress progress(long nextPart) {
    JsonObject state = layout.toJson();
    if (hash != null) {
      HashState.save(hash).ifPresent(saved -> state.put("hash", saved));
    }
    return new StagedProgress(size(), nextPart, state.toBuffer());
  }

  /** Reads what {@link #progress} told; an upload of nothing has no state yet. */
  static UploadMark of(DigestAlgorithm algorithm, StagedProgress progress, long partSize) {
    Buffer state = progress.state();
    if (state == null) {
      if (progress.size() > 0) {
        throw new IllegalStateException("the upload has bytes but nothing tells where they are");
      }
      return new UploadMark(Layout.empty(partSize), algorithm.newMessageDigest());
    }
    JsonObject json = new JsonObject(state);
    byte[] saved = json.getBinary("hash");
    return new UploadMark(
        Layout.fromJson(json),
        saved == null ? null : HashState.restore(algorithm, saved).orElse(null));
  }
}
