package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The blobs that clients pushed lately, for others to pull and to mount. Thread-safe. */
final class SharedBlobs {
  private static final int MOST = 50;

  /** A blob of a repository, unless it was deleted since. */
  record Pushed(String repository, Blob blob) {}

  private final List<Pushed> latest = new ArrayList<>();

  synchronized void add(String repository, Blob blob) {
    if (latest.size() == MOST) {
      latest.removeFirst();
    }
    latest.add(new Pushed(repository, blob));
  }

  synchronized Optional<Pushed> any(Random random) {
    return latest.isEmpty()
        ? Optional.empty()
        : Optional.of(latest.get(random.nextInt(latest.size())));
  }
}
