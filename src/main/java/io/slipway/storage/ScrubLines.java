package io.slipway.storage;

import java.util.function.Consumer;

/**
 * Tells in sentences what a scrub finds, and passes it on.
 *
 * @param lines told each sentence
 * @param also told everything
 */
public record ScrubLines(Consumer<String> lines, ScrubWatch also) implements ScrubWatch {
  @Override
  public void read(long bytes) {
    also.read(bytes);
  }

  @Override
  public void damaged(String what, String reason) {
    lines.accept("damaged: " + what + ": " + reason);
    also.damaged(what, reason);
  }

  @Override
  public void healed(String what) {
    lines.accept("right again: " + what);
    also.healed(what);
  }

  @Override
  public void copy(String what, String reason) {
    lines.accept("copy to be written again: " + what + ": " + reason);
    also.copy(what, reason);
  }

  @Override
  public void unreadable(String what, Throwable cause) {
    lines.accept("unreadable: " + what + ": " + cause.getMessage());
    also.unreadable(what, cause);
  }

  @Override
  public void changed() {
    also.changed();
  }
}
