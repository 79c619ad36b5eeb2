package io.slipway.storage;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import java.util.Optional;
import java.util.function.Supplier;

/** Says under which keys copies lie, and what a key tells. */
final class CopyKeys {
  static final String BLOBS = "blobs";
  static final String UPLOADS = "uploads";
  static final String MANIFESTS = "manifests";
  static final String TAGS = "tags";
  static final String MEDIA_TYPE = ".mediatype";

  private CopyKeys() {}

  /** Returns the key of the copy of a manifest. */
  static String manifest(String repository, String digest) {
    return MANIFESTS + "/" + repository + "/" + digest;
  }

  /** Returns the key of the copy of one version of a tag. */
  static String tag(String repository, String tag, long version) {
    return TAGS + "/" + repository + "/" + tag + "@" + version;
  }

  /** Reads {@code blobs/sha256/…/hex}; what lies between depends on the store. */
  static Optional<Digest> blob(String key) {
    String[] names = key.split("/", -1);
    return names.length < 3
        ? Optional.empty()
        : Digest.find(names[1] + ":" + names[names.length - 1]);
  }

  /** Reads {@code manifests/repository/digest}. */
  static Optional<ManifestKey> manifest(String key) {
    int slash = key.lastIndexOf('/');
    return slash <= MANIFESTS.length()
        ? Optional.empty()
        : Digest.find(key.substring(slash + 1))
            .flatMap(
                digest ->
                    parsed(
                        () ->
                            new ManifestKey(
                                RepositoryName.parse(key.substring(MANIFESTS.length() + 1, slash)),
                                digest)));
  }

  /** Reads {@code tags/repository/tag@version}. */
  static Optional<TagKey> tag(String key) {
    int slash = key.lastIndexOf('/');
    int at = key.lastIndexOf('@');
    return slash <= TAGS.length() || at < slash
        ? Optional.empty()
        : parsed(
            () ->
                new TagKey(
                    RepositoryName.parse(key.substring(TAGS.length() + 1, slash)),
                    Tag.parse(key.substring(slash + 1, at)),
                    Long.parseLong(key.substring(at + 1))));
  }

  private static <T> Optional<T> parsed(Supplier<T> parse) {
    try {
      return Optional.of(parse.get());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** What the key of a copy of a manifest says. */
  record ManifestKey(RepositoryName repository, Digest digest) {}

  /** What the key of a copy of a tag says. */
  record TagKey(RepositoryName repository, Tag tag, long version) {}
}
