package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.blob.s3.SignedRequest.Answer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Deletes one object by a request that was signed before and is refused a minute later, so that
 * nobody who slept deletes what has come to the key since. (The SDK's own signatures hold for 15
 * minutes.)
 */
record PresignedDelete(String key, SignedRequest request, S3Clients clients, Steps steps)
    implements SignedDelete {
  private static final Logger LOG = LoggerFactory.getLogger(PresignedDelete.class);

  /** How long requests to delete are good for. */
  static final Duration VALID = Duration.ofSeconds(60);

  static PresignedDelete of(S3Bucket bucket, S3Clients clients, Steps steps, String key) {
    SdkHttpRequest request =
        clients
            .signatures()
            .presignDeleteObject(
                delete ->
                    delete
                        .signatureDuration(VALID)
                        .deleteObjectRequest(
                            object -> object.bucket(bucket.name()).key(bucket.full(key))))
            .httpRequest();
    return new PresignedDelete(key, new SignedRequest(request, Buffer.buffer()), clients, steps);
  }

  @Override
  public List<String> keys() {
    return List.of(key);
  }

  @Override
  public Future<List<String>> send() {
    return steps.one(() -> delete() ? keys() : List.of());
  }

  /** Returns whether it is gone; on a virtual thread only. */
  boolean delete() throws InterruptedException {
    try {
      Answer answer = request.send(clients);
      if (List.of(200, 204, 404).contains(answer.status())) {
        return true;
      }
      LOG.warn("tried to delete {} but S3 answered {}", key, answer.status());
    } catch (ExecutionException e) {
      LOG.warn("tried to delete {} but {}", key, S3Failures.cause(e).getMessage());
    }
    return false;
  }
}
