package io.slipway.blob.s3;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.BlobStorage;
import io.slipway.blob.BlobStore;
import io.slipway.blob.CopyStore;
import io.slipway.blob.ObjectStore;
import io.slipway.blob.S3Config;
import io.slipway.blob.Staging;
import io.slipway.blob.StorageReserve;
import io.slipway.blob.StoreContents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** A bucket: the door to everything in this package. */
public final class S3Storage implements BlobStorage {
  private static final Logger LOG = LoggerFactory.getLogger(S3Storage.class);

  /** Memory of a client that is silent for so long is given to others, if they need it. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final S3Clients clients;
  private final Steps steps;
  private final S3Reads reads;
  private final Staging staging;
  private final BlobStore blobs;
  private final CopyStore copies;
  private final ObjectStore objects;
  private final StoreContents contents;

  private S3Storage(
      Vertx vertx, S3Clients clients, S3Config config, String name, MeterRegistry meters) {
    this.clients = clients;
    this.steps = new Steps();
    S3Bucket bucket = new S3Bucket(clients.requests(), config, name);
    PartMemory memory = new PartMemory(config.uploadMemory().bytes(), IDLE, meters);
    this.staging = new S3Staging(bucket, memory, steps);
    this.reads = new S3Reads(vertx, bucket, clients, steps, meters);
    this.blobs = new S3BlobStore(vertx, bucket, reads, steps);
    this.copies = new S3Copies(bucket, steps);
    this.objects = new S3Objects(bucket, clients, steps);
    this.contents = new S3Contents(bucket, objects, steps);
  }

  /**
   * Opens a bucket. Blocks, as long as the server lets it.
   *
   * @throws IOException with a sentence for people when there is no such bucket or nothing to sign
   *     requests with; a server that does not answer may do so later
   */
  public static S3Storage open(Vertx vertx, S3Config config, MeterRegistry meters)
      throws IOException, InterruptedException {
    String name = config.bucket();
    if (name == null) {
      throw new IOException("tried to open a bucket but storage.s3.bucket names none");
    }
    S3Clients clients = S3Clients.open(config);
    requireCredentials(clients, name);
    try {
      SdkHttpResponse answer =
          clients.requests().headBucket(request -> request.bucket(name)).get().sdkHttpResponse();
      clients.clock().heard(answer.firstMatchingHeader("Date").orElse(null));
    } catch (ExecutionException e) {
      if (S3Failures.isMissing(e)) {
        clients.close();
        throw new IOException("tried to open the bucket " + name + " but there is none", e);
      }
      LOG.warn("tried to look at the bucket {} but {}", name, S3Failures.cause(e).getMessage());
    }
    return new S3Storage(vertx, clients, config, name, meters);
  }

  /** Without this, the first request would tell that S3 does not work at the moment. */
  private static void requireCredentials(S3Clients clients, String name)
      throws IOException, InterruptedException {
    try {
      clients.credentials().resolveIdentity().get();
    } catch (ExecutionException | SdkException e) {
      clients.close();
      // The SDK names every place where it looked, and why there was nothing.
      LOG.error("tried to find credentials but {}", S3Failures.cause(e).getMessage());
      throw new IOException(
          "tried to find credentials for the bucket "
              + name
              + " but found none in storage.s3, the environment, a profile, a web identity, the"
              + " container or the machine, or their source does not work",
          e);
    }
  }

  /** Nobody knows how much a bucket can take: it says so itself. */
  @Override
  public StorageReserve reserve() {
    return bytes -> Future.succeededFuture();
  }

  @Override
  public Staging staging() {
    return staging;
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public CopyStore copies() {
    return copies;
  }

  @Override
  public StoreContents contents() {
    return contents;
  }

  /** Returns what the housekeeping of the bucket needs. */
  public ObjectStore objects() {
    return objects;
  }

  @Override
  public void close() throws InterruptedException {
    try {
      steps.close();
    } finally {
      reads.close();
      clients.close();
    }
  }
}
