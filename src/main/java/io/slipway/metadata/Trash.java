package io.slipway.metadata;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/**
 * Knows which keys of the blob store are to be deleted. Any number may delete, each in this order,
 * and sleep in between: sign, claim, look, send, tell what is gone.
 */
public interface Trash {

  /** Adds keys that nothing names, to be deleted at once. */
  Future<Void> add(List<String> keys);

  /** Lists keys that are due and that nobody else is deleting. */
  Future<List<String>> due(int limit);

  /** Claims keys; returns those that are the caller's now. */
  Future<List<String>> claim(List<String> keys, String token);

  /** Looks who names claimed keys; only after the claim. */
  Future<Named> look(List<String> keys);

  /** Takes keys off the trash that a blob names. */
  Future<Void> rescue(Set<String> keys, String token);

  /** Gives keys back that a blob is being moved to, for ten minutes. */
  Future<Void> postpone(Set<String> keys, String token);

  /** Gives claimed keys back at once: no request was sent for them. */
  Future<Void> giveBack(Set<String> keys, String token);

  /**
   * Notes what the store said is gone. A key under {@code uploads/} is never used again; another
   * one stays in the trash for an hour, so that no late request meets new bytes.
   */
  Future<Void> gone(List<String> keys, String token);

  /** Frees keys whose hour is over. */
  Future<Void> free();

  /** Keys that blobs are at, and those that blobs are being moved to. */
  record Named(Set<String> located, Set<String> moving) {}
}
