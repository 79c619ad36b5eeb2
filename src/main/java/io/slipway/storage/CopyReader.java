package io.slipway.storage;

import static java.util.Objects.requireNonNull;

import io.slipway.blob.StoreContents;
import io.slipway.blob.StoreContents.Entry;
import io.slipway.metadata.Restore.FoundManifest;
import io.slipway.metadata.Restore.FoundTag;
import io.slipway.oci.Digest;
import io.slipway.oci.Manifest;
import io.slipway.oci.ManifestParser;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.storage.CopyKeys.ManifestKey;
import io.slipway.storage.CopyKeys.TagKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads copies of tags and manifests back; a copy that is not what its key says fails. */
final class CopyReader {
  /** A copy of a tag or a media type is shorter. */
  private static final int SMALL = 64 * 1024;

  private final Vertx vertx;
  private final StoreContents contents;

  CopyReader(Vertx vertx, StoreContents contents) {
    this.vertx = vertx;
    this.contents = contents;
  }

  /** Reads a manifest; empty when the key is not one of a manifest's bytes. */
  Future<Optional<FoundManifest>> manifest(Entry entry) {
    if (entry.key().endsWith(CopyKeys.MEDIA_TYPE)) {
      return Future.succeededFuture(Optional.empty());
    }
    ManifestKey key = CopyKeys.manifest(entry.key()).orElseThrow(() -> foreign(entry));
    return bytes(entry.key(), Manifest.MAX_BYTES)
        .compose(
            content ->
                type(entry.key())
                    .compose(
                        type ->
                            vertx.executeBlocking(
                                () -> parse(key, content, type, entry.changedAt().toEpochMilli()),
                                false)))
        .map(found -> Optional.of(requireNonNull(found)));
  }

  /** Returns the bytes of the copy of a manifest as they are; empty when there are none. */
  Future<Optional<Buffer>> manifestBytes(String repository, Digest digest) {
    return find(CopyKeys.manifest(repository, digest.text()), Manifest.MAX_BYTES);
  }

  private static FoundManifest parse(
      ManifestKey key, Buffer content, @Nullable String type, long at) {
    byte[] bytes = content.getBytes();
    Digest found = Digest.of(key.digest().algorithm(), bytes);
    if (!found.equals(key.digest())) {
      throw new IllegalStateException("its bytes have the digest " + found);
    }
    return new FoundManifest(
        key.repository(), key.digest(), ManifestParser.parse(bytes, type), content, at);
  }

  /** A copy of the type may be gone with a crash; most manifests tell it themselves. */
  private Future<@Nullable String> type(String key) {
    return find(key + CopyKeys.MEDIA_TYPE, SMALL)
        .map(found -> found.map(Buffer::toString).orElse(null));
  }

  /** Reads one version of a tag. */
  Future<FoundTag> tag(Entry entry) {
    TagKey key = CopyKeys.tag(entry.key()).orElseThrow(() -> foreign(entry));
    return bytes(entry.key(), SMALL).map(content -> tag(key, content));
  }

  /**
   * Reads one version of a tag; empty when there is no such copy. Fails with what {@link
   * #isMalformed} tells when its bytes are no copy of a tag.
   */
  Future<Optional<FoundTag>> tag(String repository, String tag, long version) {
    TagKey key = new TagKey(RepositoryName.parse(repository), Tag.parse(tag), version);
    return find(CopyKeys.tag(repository, tag, version), SMALL)
        .map(found -> found.map(content -> tag(key, content)));
  }

  private static FoundTag tag(TagKey key, Buffer content) {
    try {
      JsonObject copy = new JsonObject(content);
      return new FoundTag(
          key.repository(),
          key.tag(),
          key.version(),
          Optional.ofNullable(copy.getString("digest")).map(Digest::parse),
          copy.getLong("updated_at"),
          copy.getString("actor"));
    } catch (RuntimeException e) {
      throw new MalformedException(e);
    }
  }

  /** Tells whether a copy could be read and is none. */
  static boolean isMalformed(Throwable cause) {
    return cause instanceof MalformedException;
  }

  private static final class MalformedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    MalformedException(Throwable cause) {
      super("it is no copy of a tag: " + cause.getMessage(), cause);
    }
  }

  private static IllegalStateException foreign(Entry entry) {
    return new IllegalStateException(entry.key() + " is not the key of a copy");
  }

  private Future<Buffer> bytes(String key, int most) {
    return find(key, most)
        .map(
            found ->
                found.orElseThrow(
                    () -> new IllegalStateException("it was deleted while it was read")));
  }

  private Future<Optional<Buffer>> find(String key, int most) {
    return contents
        .open(key)
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Future.succeededFuture(Optional.<Buffer>empty());
              }
              if (found.get().size() > most) {
                return found
                    .get()
                    .close()
                    .compose(
                        ignored ->
                            Future.failedFuture(
                                new IllegalStateException("it is larger than " + most + " bytes")));
              }
              return ContentHash.read(found.get(), most)
                  .map(Optional::of)
                  .eventually(() -> found.get().close());
            });
  }
}
