package io.slipway.upload;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Names upload sessions by UUIDs of which the last 48 bits are those of a hash of who opened the
 * session, so that nobody else goes on with it, ends it or asks how far it is. 74 bits are random.
 */
public final class UploadId {
  /** Of the hash, in hex. */
  private static final int OWNER = 12;

  private UploadId() {}

  /** Makes an id that was never given before. */
  static String fresh(Actor actor) {
    String random = UUID.randomUUID().toString();
    return random.substring(0, random.length() - OWNER) + owner(actor);
  }

  /** Tells whether a session of this id, if there is one, was opened by somebody of this name. */
  public static boolean isOf(String id, Actor actor) {
    return id.endsWith(owner(actor));
  }

  private static String owner(Actor actor) {
    return Digest.of(DigestAlgorithm.SHA256, actor.name().getBytes(StandardCharsets.UTF_8))
        .hex()
        .substring(0, OWNER);
  }
}
