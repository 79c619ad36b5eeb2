package io.slipway.metadata.sql;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Marks of a database whose clock is behind that of the process. */
record SlowClock(GarbageMarks marks, Duration behind) implements GarbageMarks {
  @Override
  public Future<Long> now() {
    return marks.now().map(now -> now - behind.toMillis());
  }

  @Override
  public Future<Page<InRepository>> manifests(Cursor after, long cutoff) {
    return marks.manifests(after, cutoff);
  }

  @Override
  public Future<List<Hold>> holds(RepositoryName repository, List<Digest> manifests) {
    return marks.holds(repository, manifests);
  }

  @Override
  public Future<Page<InRepository>> links(Cursor after, long cutoff) {
    return marks.links(after, cutoff);
  }

  @Override
  public Future<Page<DeadBlob>> blobs(Cursor after, long cutoff) {
    return marks.blobs(after, cutoff);
  }

  @Override
  public Future<List<Digest>> held(RepositoryName repository, List<Digest> links, long cutoff) {
    return marks.held(repository, links, cutoff);
  }

  @Override
  public Future<Set<RepositoryName>> uploading(Set<RepositoryName> repositories, long cutoff) {
    return marks.uploading(repositories, cutoff);
  }

  @Override
  public Future<Map<Digest, Long>> namedBy(RepositoryName repository, List<Digest> manifests) {
    return marks.namedBy(repository, manifests);
  }

  @Override
  public Future<List<Digest>> linksWithout(
      RepositoryName repository, Map<Digest, Long> references, long cutoff) {
    return marks.linksWithout(repository, references, cutoff);
  }

  @Override
  public Future<List<DeadBlob>> blobsWithout(Map<Digest, Long> links, long cutoff) {
    return marks.blobsWithout(links, cutoff);
  }
}
