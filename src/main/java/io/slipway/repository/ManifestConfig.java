package io.slipway.repository;

import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;

/** Configures what a manifest must bring with it. */
public record ManifestConfig(
    @Doc("Which blobs and manifests that a manifest names must be in the repository before it.")
        @Default("all")
        References references) {
  /** Which of the things that a manifest names must be there. */
  public enum References {
    /** All but subjects and layers that lie elsewhere. */
    ALL,
    /** None: sparse images are allowed. */
    NONE
  }
}
