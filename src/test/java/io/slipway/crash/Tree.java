package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import io.slipway.crash.Content.Manifest;
import io.slipway.oci.Digest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A manifest and all that belongs to it, to be pushed and to be found again. */
record Tree(Manifest manifest, List<Blob> blobs, List<Tree> children) {
  static Tree image(Blob config, List<Blob> layers, String subject) {
    return new Tree(
        Manifest.image(config, layers, subject),
        Stream.concat(Stream.of(config), layers.stream()).distinct().toList(),
        List.of());
  }

  static Tree index(List<Tree> children, long number) {
    return new Tree(
        Manifest.index(children.stream().map(Tree::manifest).toList(), number),
        List.of(),
        children);
  }

  Digest digest() {
    return manifest.digest();
  }

  Optional<String> subject() {
    return Optional.of(manifest.subject()).filter(text -> !text.isEmpty());
  }

  /** Returns it and what is below it. */
  Stream<Tree> all() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(Tree::all));
  }

  /** Tells whether this or what is below it has a digest. */
  boolean holds(Digest digest) {
    return all().anyMatch(one -> one.digest().equals(digest));
  }

  boolean needs(Digest blob) {
    return all().anyMatch(one -> one.manifest().blobs().contains(blob));
  }
}
