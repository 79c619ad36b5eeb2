package io.slipway.metadata;

import io.slipway.oci.Digest;
import java.util.List;

/**
 * What has to be true of a tag for a push to move it ({@code If-Match}, {@code If-None-Match}; RFC
 * 9110, section 13.1).
 */
public sealed interface TagCondition {

  /** The tag is moved whatever it names. */
  record None() implements TagCondition {}

  /** The tag must not exist ({@code If-None-Match: *}). */
  record Absent() implements TagCondition {}

  /** The tag must exist ({@code If-Match: *}). */
  record Present() implements TagCondition {}

  /**
   * The tag must name one of these, or already what is pushed: then the answer to an earlier try
   * was lost.
   */
  record Names(List<Digest> digests) implements TagCondition {
    public Names {
      digests = List.copyOf(digests);
    }
  }
}
