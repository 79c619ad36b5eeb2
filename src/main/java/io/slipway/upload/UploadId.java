package io.slipway.upload;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Names upload sessions: a random UUID, and the beginning of a hash of who opened the session, so
 * that nobody else goes on with it, ends it or asks how far it is.
 */
public final class UploadId {
  private static final int OWNER = 12;

  private UploadId() {}

  /** Makes an id that was never given before. */
  static String fresh(Actor actor) {
    return UUID.randomUUID() + "-" + owner(actor);
  }

  /** Tells whether a session of this id, if there is one, was opened by somebody of this name. */
  public static boolean isOf(String id, Actor actor) {
    return id.endsWith("-" + owner(actor));
  }

  private static String owner(Actor actor) {
    return Digest.of(DigestAlgorithm.SHA256, actor.name().getBytes(StandardCharsets.UTF_8))
        .hex()
        .substring(0, OWNER);
  }
}
