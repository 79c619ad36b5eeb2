package io.slipway.metadata.sql;

import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.TagCondition;
import io.slipway.oci.Descriptor;
import io.slipway.oci.Digest;
import io.slipway.oci.Manifest;
import io.slipway.oci.MediaTypes;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Builds pushes of manifests whose bytes are any text: the stores do not read them. */
final class PushBuilder {
  private final String content;
  private final List<Descriptor> blobs = new ArrayList<>();
  private final List<Descriptor> children = new ArrayList<>();
  private RepositoryName repository = MetadataContract.APP;
  private String mediaType = MediaTypes.OCI_MANIFEST;
  private String artifactType = "application/vnd.oci.image.config.v1+json";
  private Optional<Digest> subject = Optional.empty();
  private List<Tag> tags = List.of();
  private TagCondition condition = new TagCondition.None();
  private boolean referencesRequired = true;

  private PushBuilder(String content) {
    this.content = content;
  }

  static PushBuilder manifest(String content) {
    return new PushBuilder(content);
  }

  PushBuilder in(RepositoryName repository) {
    this.repository = repository;
    return this;
  }

  PushBuilder mediaType(String mediaType) {
    this.mediaType = mediaType;
    return this;
  }

  PushBuilder artifactType(String artifactType) {
    this.artifactType = artifactType;
    return this;
  }

  PushBuilder blobs(StoredBlob... named) {
    for (StoredBlob blob : named) {
      blobs.add(new Descriptor(MediaTypes.OCTET_STREAM, blob.digest(), blob.size(), false));
    }
    return this;
  }

  PushBuilder external(StoredBlob blob) {
    blobs.add(new Descriptor(MediaTypes.OCTET_STREAM, blob.digest(), blob.size(), true));
    return this;
  }

  PushBuilder children(Digest... named) {
    for (Digest digest : named) {
      children.add(new Descriptor(MediaTypes.OCI_MANIFEST, digest, 1, false));
    }
    return this;
  }

  PushBuilder subject(Digest digest) {
    subject = Optional.of(digest);
    return this;
  }

  PushBuilder tags(String... names) {
    tags = Stream.of(names).map(Tag::new).toList();
    return this;
  }

  PushBuilder when(TagCondition condition) {
    this.condition = condition;
    return this;
  }

  /** Lets blobs and children be absent. */
  PushBuilder sparse() {
    referencesRequired = false;
    return this;
  }

  Digest digest() {
    return MetadataContract.digest(content);
  }

  ManifestPush build() {
    return new ManifestPush(
        repository,
        digest(),
        new Manifest(mediaType, artifactType, blobs, children, subject, "{\"a\":\"b\"}"),
        Buffer.buffer(content),
        tags,
        condition,
        referencesRequired,
        MetadataContract.ACTOR);
  }
}
