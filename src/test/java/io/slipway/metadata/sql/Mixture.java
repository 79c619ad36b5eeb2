package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.ACTOR;
import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.PushBuilder.manifest;

import io.slipway.database.Database;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Changes a few names in every way there is, by chance; a refusal counts as done. */
final class Mixture {
  /** Every kind of change there is. */
  static final Set<String> KINDS =
      Set.of("blob", "mount", "unlink", "push", "push by digest", "untag", "delete", "fold");

  private final Database database;
  private final Random random;
  private final Set<String> succeeded = new ConcurrentSkipListSet<>();

  Mixture(Database database, Random random) {
    this.database = database;
    this.random = random;
  }

  /** Starts one change; fails when it fails otherwise than by a refusal. */
  Future<Void> step() {
    SqlBlobLinks links = new SqlBlobLinks(database);
    SqlManifests manifests = new SqlManifests(database);
    RepositoryName repository = repository();
    StoredBlob layer = blob("layer" + random.nextInt(6));
    String content = "m" + random.nextInt(6);
    String tag = "t" + random.nextInt(4);
    return switch (random.nextInt(10)) {
      case 0, 1 -> done("blob", links.commit(repository, layer, ACTOR).map(true));
      case 2 ->
          done(
              "mount",
              links.mount(
                  repository,
                  layer.digest(),
                  Optional.of(repository()),
                  RepositoryFilter.ALL,
                  ACTOR));
      case 3 -> done("unlink", links.unlink(repository, layer.digest(), ACTOR));
      case 4, 5, 6 ->
          done(
              "push",
              manifests
                  .put(
                      manifest(content).in(repository).blobs(layer).sparse().tags(tag, "z").build())
                  .map(true));
      case 7 ->
          random.nextBoolean()
              ? done(
                  "push by digest",
                  manifests.put(manifest(content).in(repository).blobs(layer).build()).map(true))
              : done("fold", new StatisticsFold(database).run().map(true));
      case 8 ->
          done(
              "untag",
              manifests.deleteTag(repository, new Tag(tag), ACTOR).map(Optional::isPresent));
      default ->
          done(
              "delete",
              manifests.delete(repository, digest(content), ACTOR).map(Optional::isPresent));
    };
  }

  private RepositoryName repository() {
    return new RepositoryName("team/r" + random.nextInt(3));
  }

  private Future<Void> done(String kind, Future<Boolean> change) {
    return change
        .onSuccess(
            changed -> {
              if (changed) {
                succeeded.add(kind);
              }
            })
        .recover(
            cause ->
                cause instanceof RegistryException
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause))
        .mapEmpty();
  }

  /** Returns which kinds of changes changed something. */
  Set<String> kinds() {
    return Set.copyOf(succeeded);
  }
}
