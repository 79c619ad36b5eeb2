package io.slipway.crash;

/** When a registry dies. */
enum Moment {
  /** While clients push, pull and delete. */
  LOAD,

  /** As the log of the database grows: in a commit, or right behind one. */
  COMMIT,

  /** As staged bytes come or go, or the bucket is asked for something. */
  BYTES,

  /** While it stops because it was told to. */
  DRAIN,

  /** While it starts after another death: as it makes folders, migrates, recovers, listens. */
  START,

  /** As soon as it listens after another death. */
  AGAIN
}
