package io.slipway.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A random password of an account, for programs; shown once, when it is made.
 *
 * @param id the part of it that may be shown
 * @param hash SHA-256 of the whole key, in hex: what nobody can guess needs no slow hash
 * @param expiresAt from when on it opens nothing; empty for never
 */
public record AccessKey(
    String id,
    String account,
    String hash,
    String description,
    Instant createdAt,
    Optional<Instant> expiresAt)
    implements Expiring {}
