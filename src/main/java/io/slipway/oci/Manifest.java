package io.slipway.oci;

import java.util.List;
import java.util.Optional;

/**
 * What a registry needs to know of a manifest: its kind and everything it names (image-spec,
 * manifest.md and image-index.md).
 *
 * @param mediaType the manifest's own media type, without parameters
 * @param artifactType its {@code artifactType}, else the media type of its config; empty for an
 *     index without one
 * @param blobs config, layers and (artifact manifests) blobs, in the order of the document; of an
 *     index what it names that is no manifest
 * @param children the manifests an index names
 * @param subject what a referrer refers to; it need not exist
 * @param annotations the annotations as a JSON object, {@code {}} when there are none
 */
public record Manifest(
    String mediaType,
    String artifactType,
    List<Descriptor> blobs,
    List<Descriptor> children,
    Optional<Digest> subject,
    String annotations) {

  /** More bytes than this are refused with 413. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  /** More descriptors than this in one manifest are refused. */
  public static final int MAX_REFERENCES = 10_000;

  public Manifest {
    blobs = List.copyOf(blobs);
    children = List.copyOf(children);
  }
}
