package io.slipway.gc;

import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Digests, each once, of one repository after the other. */
final class ByRepository {
  private final Map<RepositoryName, Set<Digest>> digests = new LinkedHashMap<>();

  static ByRepository of(Collection<InRepository> all) {
    ByRepository digests = new ByRepository();
    digests.addAll(all);
    return digests;
  }

  void addAll(Collection<InRepository> all) {
    all.forEach(one -> add(one.repository(), Set.of(one.digest())));
  }

  void add(RepositoryName repository, Collection<Digest> more) {
    digests.computeIfAbsent(repository, ignored -> new LinkedHashSet<>()).addAll(more);
  }

  Set<RepositoryName> repositories() {
    return digests.keySet();
  }

  void forEach(BiConsumer<RepositoryName, List<Digest>> work) {
    digests.forEach((repository, some) -> work.accept(repository, new ArrayList<>(some)));
  }
}
