package io.slipway.blob;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Lets one at a time publish or delete the bytes at a location. */
@FunctionalInterface
public interface BlobTurns {

  /** Runs work while nobody publishes or deletes what is at a location. */
  <T> Future<T> alone(String location, Supplier<Future<T>> work);
}
