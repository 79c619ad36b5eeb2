package io.slipway.server;

import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;

/** Configures what is logged and how. */
public record LogConfig(
    @Doc("The least important lines to write.") @Default("info") Level level,
    @Doc("How lines look: text for people, json for programs.") @Default("text") Format format) {
  /** How important a line is. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** How a line looks. */
  public enum Format {
    TEXT,
    JSON
  }
}
