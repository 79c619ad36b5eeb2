package io.slipway.storage;

import io.slipway.metadata.Trash;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Knows for which keys somebody may still hold a request to delete them, whether or not the claim
 * is theirs by now: a sweep that meets a key again takes the claim off it.
 */
final class WatchedTrash extends ForwardingTrash {
  private final Map<String, List<String>> deleting = new ConcurrentHashMap<>();

  WatchedTrash(Trash trash) {
    super(trash);
  }

  Set<String> deleting() {
    return deleting.values().stream().flatMap(List::stream).collect(Collectors.toSet());
  }

  private void keep(Set<String> keys, String token) {
    deleting.computeIfPresent(
        token, (same, old) -> old.stream().filter(key -> !keys.contains(key)).toList());
  }

  @Override
  public Future<List<String>> claim(List<String> keys, String token) {
    deleting.put(token, keys);
    return super.claim(keys, token)
        .onSuccess(
            claimed -> {
              deleting.put(token, claimed);
            });
  }

  @Override
  public Future<Void> gone(List<String> keys, String token) {
    return super.gone(keys, token)
        .onSuccess(
            ignored -> {
              deleting.remove(token);
            });
  }

  @Override
  public Future<Void> rescue(Set<String> keys, String token) {
    keep(keys, token);
    return super.rescue(keys, token);
  }

  @Override
  public Future<Void> postpone(Set<String> keys, String token) {
    keep(keys, token);
    return super.postpone(keys, token);
  }

  @Override
  public Future<Void> giveBack(Set<String> keys, String token) {
    keep(keys, token);
    return super.giveBack(keys, token);
  }
}
