package io.slipway.repository;

import io.slipway.event.Actor;
import io.slipway.metadata.TagCondition;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as a client sends it.
 *
 * @param reference the tag or digest of the path
 * @param tags further tags, of the query; only with a digest
 * @param contentType the header as it came
 * @param content at most {@link io.slipway.oci.Manifest#MAX_BYTES}
 */
public record ManifestUpload(
    RepositoryName repository,
    Reference reference,
    List<Tag> tags,
    @Nullable String contentType,
    Buffer content,
    TagCondition condition,
    Actor actor) {}
