package io.slipway.blob;

/** One place that keeps blobs, and its parts. */
public interface BlobStorage {

  StorageReserve reserve();

  Staging staging();

  BlobStore blobs();

  CopyStore copies();

  StoreContents contents();

  /** Ends its work and lets go of its connections and threads. Blocks, some ten seconds at most. */
  void close() throws InterruptedException;
}
