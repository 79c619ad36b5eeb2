package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a run saw to be dead and could not delete, because somebody held its row or pushed to its
 * repository: the next one looks at it again, however long ago it was touched.
 */
final class Leftovers {
  private static final int MOST = 1000;

  private final List<InRepository> manifests = new ArrayList<>();
  private final List<InRepository> links = new ArrayList<>();
  private final List<Digest> blobs = new ArrayList<>();

  void manifest(InRepository manifest) {
    manifests.add(manifest);
  }

  void link(InRepository link) {
    links.add(link);
  }

  void blob(Digest blob) {
    blobs.add(blob);
  }

  void manifests(RepositoryName repository, List<Digest> dead, List<Digest> deleted) {
    Set<Digest> gone = new HashSet<>(deleted);
    dead.stream()
        .filter(digest -> !gone.contains(digest) && !isTooMany())
        .forEach(digest -> manifest(new InRepository(repository, digest)));
  }

  void links(RepositoryName repository, List<Digest> dead, List<Digest> deleted) {
    Set<Digest> gone = new HashSet<>(deleted);
    dead.stream()
        .filter(digest -> !gone.contains(digest) && !isTooMany())
        .forEach(digest -> link(new InRepository(repository, digest)));
  }

  void blobs(List<Digest> dead, List<DeadBlob> deleted) {
    Set<Digest> gone = new HashSet<>();
    deleted.forEach(blob -> gone.add(blob.digest()));
    dead.stream().filter(digest -> !gone.contains(digest) && !isTooMany()).forEach(this::blob);
  }

  List<InRepository> manifests() {
    return manifests;
  }

  List<InRepository> links() {
    return links;
  }

  List<Digest> blobs() {
    return blobs;
  }

  /** Tells whether there is more than is kept: then the next run has to read everything. */
  boolean isTooMany() {
    return manifests.size() + links.size() + blobs.size() > MOST;
  }
}
