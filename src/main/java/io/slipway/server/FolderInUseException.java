package io.slipway.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Says that another process has a data folder, and who that is. */
final class FolderInUseException extends IOException {
  private static final long serialVersionUID = 1;

  private final String holder;

  /**
   * Makes one.
   *
   * @param holder the address of a server or the name of a command; empty text when it is not known
   */
  FolderInUseException(Path folder, String holder) {
    super(
        "tried to use the data folder "
            + folder
            + " but "
            + (isAddress(holder)
                ? "another registry is using it, at " + holder
                : holder.isEmpty()
                    ? "another registry is using it, which does not listen yet"
                    : holder + " is using it: try again when that has ended"));
    this.holder = holder;
  }

  private static boolean isAddress(String holder) {
    return holder.startsWith("http://") || holder.startsWith("https://");
  }

  /** Returns where the server listens that has it; empty when it is none, or does not yet. */
  Optional<URI> server() {
    return isAddress(holder) ? Optional.of(URI.create(holder)) : Optional.empty();
  }
}
