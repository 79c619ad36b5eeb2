package io.slipway.http.v2;

/** What a caller must be allowed to do for an operation to be carried out. */
public enum Permission {
  /** Nothing beyond being who they say they are. */
  NONE,
  PULL,
  PUSH,
  DELETE,
  CATALOG
}
