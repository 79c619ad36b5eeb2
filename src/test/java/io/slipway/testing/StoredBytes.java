package io.slipway.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a registry keeps beside its database, from outside. */
interface StoredBytes {
  /** Returns the keys below a folder, sorted. */
  List<String> list(String folder);

  byte[] read(String key);

  /** Puts other bytes in place of those that are there. */
  void write(String key, byte[] content);

  void delete(String key);

  /** Returns how many objects were copied from key to key so far. */
  int copied();

  /** Makes everything fail from now on that would write below a folder. */
  void refuseWrites(String folder);

  /** Looks at what the registry does with bytes. */
  ChangeWatch watch();

  /** Returns what belongs to uploads that did not end well. */
  List<String> staged(StoredData stored);

  /** Makes everything look older; where nothing looks at that, nothing happens. */
  default void age(Duration by) {}

  /**
   * Fails unless rows of blobs and uploads name exactly the bytes that are there, all of them
   * whole.
   *
   * @param since bytes that were written before are not hashed again
   */
  void requireAgreement(StoredData stored, Instant since);
}
