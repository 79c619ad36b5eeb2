package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.PushClient;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a client pushed, to be made again when it is compared. */
sealed interface Content {
  byte[] bytes();

  Digest digest();

  /** The bytes of a blob, from their seed. */
  record Blob(long seed, int length, Digest digest) implements Content {
    static Blob of(long seed, int length, DigestAlgorithm algorithm) {
      return new Blob(seed, length, Digest.of(algorithm, PushClient.bytes(seed, length)));
    }

    @Override
    public byte[] bytes() {
      return PushClient.bytes(seed, length);
    }
  }

  /**
   * A manifest.
   *
   * @param blobs the blobs it names
   * @param children the manifests an index names
   * @param subject the digest of what it refers to; empty for nothing
   */
  record Manifest(
      String json, String type, List<Digest> blobs, List<Digest> children, String subject)
      implements Content {
    private static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    static Manifest image(Blob config, List<Blob> layers, String subject) {
      String refers = subject.isEmpty() ? "" : ",\"subject\":" + descriptor(IMAGE, subject, 100);
      String json =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]%s}"
              .formatted(
                  IMAGE,
                  descriptor("application/vnd.oci.image.config.v1+json", config),
                  layers.stream()
                      .map(one -> descriptor("application/vnd.oci.image.layer.v1.tar", one))
                      .collect(Collectors.joining(",")),
                  refers);
      List<Digest> blobs =
          Stream.concat(Stream.of(config), layers.stream()).map(Blob::digest).toList();
      return new Manifest(json, IMAGE, blobs, List.of(), subject);
    }

    static Manifest index(List<Manifest> children, long number) {
      String json =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s],\"annotations\":{\"n\":\"%d\"}}"
              .formatted(
                  INDEX,
                  children.stream()
                      .map(one -> descriptor(one.type, one.digest().text(), one.bytes().length))
                      .collect(Collectors.joining(",")),
                  number);
      List<Digest> digests = children.stream().map(Manifest::digest).toList();
      return new Manifest(json, INDEX, List.of(), digests, "");
    }

    private static String descriptor(String type, Blob blob) {
      return descriptor(type, blob.digest().text(), blob.length());
    }

    private static String descriptor(String type, String digest, int size) {
      return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, digest, size);
    }

    @Override
    public byte[] bytes() {
      return json.getBytes(UTF_8);
    }

    @Override
    public Digest digest() {
      return PushClient.digest(bytes());
    }
  }
}
