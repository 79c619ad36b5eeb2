package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;

/** A manifest or a link: a digest and the repository that has it. */
public record InRepository(RepositoryName repository, Digest digest) {}
