package io.slipway.auth.token;

import io.slipway.runtime.Secret;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers some of the verified tokens as they were sent. To find one here takes a comparison;
 * hashing it and the books of a cache take several times that, a tenth of a small request.
 * Thread-safe; holds at most {@value #PLACES} tokens, of 2 KiB each.
 */
final class RecentTokens {
  private static final int PLACES = 512;
  private static final int MAX_LENGTH = 2 << 10;

  private record Recent(Secret token, VerifiedToken verified) {}

  private final AtomicReferenceArray<@Nullable Recent> places = new AtomicReferenceArray<>(PLACES);

  /** Finds a token that was added, unless another one took its place. */
  @Nullable VerifiedToken find(Secret token) {
    Recent recent = places.get(place(token));
    // In a time that does not tell how much of a guess was right.
    return recent != null && recent.token.equals(token) ? recent.verified : null;
  }

  /** Adds a token, in the place of another one. */
  void add(Secret token, VerifiedToken verified) {
    if (token.reveal().length() <= MAX_LENGTH) {
      places.set(place(token), new Recent(token, verified));
    }
  }

  private static int place(Secret token) {
    int hash = token.reveal().hashCode();
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }
}
