package io.slipway.blob;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.util.Optional;

/** Where the metadata says that the bytes of a blob are, and whom to ask when they are not. */
public interface BlobPlace {

  /** Returns what the bytes are, wherever they are. */
  Digest digest();

  /** Returns the key of the bytes. */
  String location();

  /** Asks the metadata again; empty when nobody may read the blob any more. */
  Future<Optional<String>> again();

  /** Tells the metadata that nothing is at a place that it has just named. */
  Future<Void> missing(String location);

  /** Returns a place that never changes. */
  static BlobPlace at(Digest digest, String location) {
    return new BlobPlace() {
      @Override
      public Digest digest() {
        return digest;
      }

      @Override
      public String location() {
        return location;
      }

      @Override
      public Future<Optional<String>> again() {
        return Future.succeededFuture(Optional.of(location));
      }

      @Override
      public Future<Void> missing(String ignored) {
        return Future.succeededFuture();
      }
    };
  }
}
