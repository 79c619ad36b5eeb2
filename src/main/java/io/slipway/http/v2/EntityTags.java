package io.slipway.http.v2;

import io.slipway.metadata.TagCondition;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads lists of entity tags (RFC 9110, section 13.1); ours are digests in quotes. */
final class EntityTags {
  private EntityTags() {}

  /**
   * Tells whether a client has the current content already, by weak comparison.
   *
   * @param ifNoneMatch the header; null when it is absent
   */
  static boolean isCurrent(@Nullable String ifNoneMatch, String entityTag) {
    if (ifNoneMatch == null) {
      return false;
    }
    for (String element : ifNoneMatch.split(",", -1)) {
      String tag = element.strip();
      if (tag.equals("*") || tag.equals(entityTag) || tag.equals("W/" + entityTag)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads what must be true of a tag for a push to move it.
   *
   * @throws RegistryException {@link ErrorCode#BAD_REQUEST} for what a push cannot be made to
   *     depend on
   */
  static TagCondition condition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    if (ifMatch == null && ifNoneMatch == null) {
      return new TagCondition.None();
    }
    if (ifMatch == null) {
      if (ifNoneMatch != null && ifNoneMatch.strip().equals("*")) {
        return new TagCondition.Absent();
      }
      throw unsupported("If-None-Match takes only * on a push");
    }
    if (ifNoneMatch != null) {
      throw unsupported("it has both If-Match and If-None-Match");
    }
    if (ifMatch.strip().equals("*")) {
      return new TagCondition.Present();
    }
    List<Digest> digests = new ArrayList<>();
    for (String element : ifMatch.split(",", -1)) {
      String tag = element.strip();
      boolean quoted = tag.length() > 1 && tag.startsWith("\"") && tag.endsWith("\"");
      // A tag that is weak, or no digest, is one that nothing of ours has: it matches nothing.
      Digest.find(quoted ? tag.substring(1, tag.length() - 1) : tag).ifPresent(digests::add);
    }
    return new TagCondition.Names(digests);
  }

  private static RegistryException unsupported(String reason) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST, "tried to read the condition of the push but " + reason);
  }
}
