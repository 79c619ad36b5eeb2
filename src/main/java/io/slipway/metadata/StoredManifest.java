package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.vertx.core.buffer.Buffer;

/**
 * A manifest ready to be sent: its bytes and the values of the headers, made once.
 *
 * @param content never changed, and not to be changed
 */
public record StoredManifest(
    Digest digest, String mediaType, Buffer content, String contentLength, String entityTag) {

  public StoredManifest(Digest digest, String mediaType, Buffer content) {
    this(digest, mediaType, content, Integer.toString(content.length()), '"' + digest.text() + '"');
  }
}
