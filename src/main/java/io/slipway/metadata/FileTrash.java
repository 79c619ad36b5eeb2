package io.slipway.metadata;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Knows which files are to be deleted, for the one process that owns them: nobody else deletes, and
 * nothing comes late.
 */
public interface FileTrash {

  /** Lists keys that are due and that no blob is at. */
  Future<List<String>> due(int limit);

  /**
   * Tells whether a blob is at a key of the trash. Waits for whoever is taking the key off the
   * trash in order to name it; fails when that takes too long.
   */
  Future<Boolean> isNamed(String key);

  /** Makes a key due later: its file cannot be deleted now. */
  Future<Void> postpone(String key, Duration by);

  /** Takes a key off the trash: nothing is there any more. */
  Future<Void> forget(String key);
}
