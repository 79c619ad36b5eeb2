package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.metadata.Trash;
import io.slipway.metadata.Trash.Named;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Deletes what is in the trash from a store whose requests may come late. Harmless twice, on any
 * node: requests are signed before their keys are claimed, so that whoever sleeps after the claim
 * holds requests that nobody obeys any more.
 */
public final class TrashCollection {
  private final Trash trash;
  private final ObjectStore objects;

  public TrashCollection(Trash trash, ObjectStore objects) {
    this.trash = trash;
    this.objects = objects;
  }

  /** Deletes a batch of what is due; the number of keys that are gone. */
  public Future<Integer> run() {
    return trash
        .free()
        .compose(ignored -> trash.due(objects.deletedAtOnce()))
        .compose(
            due ->
                due.isEmpty() ? Future.succeededFuture(List.<SignedDelete>of()) : objects.sign(due))
        .compose(signed -> signed.isEmpty() ? Future.succeededFuture(0) : delete(signed));
  }

  private Future<Integer> delete(List<SignedDelete> signed) {
    String token = UUID.randomUUID().toString();
    return trash
        .claim(signed.stream().flatMap(one -> one.keys().stream()).toList(), token)
        .compose(
            claimed -> trash.look(claimed).compose(named -> delete(signed, claimed, named, token)));
  }

  private Future<Integer> delete(
      List<SignedDelete> signed, List<String> claimed, Named named, String token) {
    Set<String> moving = new HashSet<>(named.moving());
    moving.removeAll(named.located());
    Set<String> nameless = new HashSet<>(claimed);
    nameless.removeAll(named.located());
    nameless.removeAll(moving);
    // A request was signed for all of its keys, and deletes them all.
    List<SignedDelete> right =
        signed.stream().filter(one -> nameless.containsAll(one.keys())).toList();
    Set<String> back = new HashSet<>(nameless);
    right.forEach(one -> back.removeAll(one.keys()));
    return trash
        .rescue(named.located(), token)
        .compose(ignored -> trash.postpone(moving, token))
        .compose(ignored -> trash.giveBack(back, token))
        .compose(ignored -> send(right))
        .compose(gone -> trash.gone(gone, token).map(gone.size()))
        // Those that stood in the way are not due any more: the same again without them.
        .compose(count -> count == 0 && !back.isEmpty() ? run() : Future.succeededFuture(count));
  }

  private static Future<List<String>> send(List<SignedDelete> requests) {
    List<String> gone = new ArrayList<>();
    Future<Void> sent = Future.succeededFuture();
    for (SignedDelete request : requests) {
      sent =
          sent.compose(ignored -> request.send())
              .map(
                  deleted -> {
                    gone.addAll(deleted);
                    return null;
                  });
    }
    return sent.map(gone);
  }
}
