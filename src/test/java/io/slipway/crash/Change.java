package io.slipway.crash;

import java.util.Map;
import java.util.Optional;

/**
 * What one request would change if it were carried out: all of it, or nothing.
 *
 * @param contents paths, and what they would answer with; empty for 404
 * @param session the session that the request would end; empty for none
 */
record Change(Map<String, Optional<Content>> contents, String session) {
  static Change of(String path, Content content) {
    return new Change(Map.of(path, Optional.of(content)), "");
  }

  Change ending(String ended) {
    return new Change(contents, ended);
  }
}
