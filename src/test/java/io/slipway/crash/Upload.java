package io.slipway.crash;

import io.slipway.crash.Content.Blob;

/**
 * An upload that was under way.
 *
 * @param session the path of its session
 * @param acknowledged so many bytes were; after a crash it has no fewer
 * @param sent so many were sent; it has no more
 */
record Upload(String session, Blob blob, int acknowledged, int sent) {
  static Upload begun(String session, Blob blob) {
    return new Upload(session, blob, 0, 0);
  }

  Upload sending(int to) {
    return new Upload(session, blob, acknowledged, to);
  }

  Upload at(int end) {
    return new Upload(session, blob, end, end);
  }
}
