package io.slipway.storage;

import io.slipway.metadata.Trash;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** Passes everything on to another trash, but for what a test makes otherwise. */
class ForwardingTrash implements Trash {
  private final Trash trash;

  ForwardingTrash(Trash trash) {
    this.trash = trash;
  }

  @Override
  public Future<Named> look(List<String> keys) {
    return trash.look(keys);
  }

  @Override
  public Future<Void> add(List<String> keys) {
    return trash.add(keys);
  }

  @Override
  public Future<List<String>> due(int limit) {
    return trash.due(limit);
  }

  @Override
  public Future<List<String>> claim(List<String> keys, String token) {
    return trash.claim(keys, token);
  }

  @Override
  public Future<Void> rescue(Set<String> keys, String token) {
    return trash.rescue(keys, token);
  }

  @Override
  public Future<Void> postpone(Set<String> keys, String token) {
    return trash.postpone(keys, token);
  }

  @Override
  public Future<Void> giveBack(Set<String> keys, String token) {
    return trash.giveBack(keys, token);
  }

  @Override
  public Future<Void> gone(List<String> keys, String token) {
    return trash.gone(keys, token);
  }

  @Override
  public Future<Void> free() {
    return trash.free();
  }
}
