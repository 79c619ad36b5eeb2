package io.slipway.metadata;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.Manifest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A manifest to be stored, with the tags that shall name it.
 *
 * @param content the bytes as they came; their digest was verified
 * @param tags sorted and without repetition, so that two pushes lock them in the same order
 * @param referencesRequired whether every blob and child must be in the repository
 */
public record ManifestPush(
    RepositoryName repository,
    Digest digest,
    Manifest manifest,
    Buffer content,
    List<Tag> tags,
    TagCondition condition,
    boolean referencesRequired,
    Actor actor) {}
