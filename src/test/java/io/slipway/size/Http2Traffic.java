package io.slipway.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Pushes and pulls streamed blobs over HTTP/2 with one block in memory; thread-safe. */
final class Http2Traffic implements AutoCloseable {
  private static final long PATIENCE_MINUTES = 60;
  private static final int BLOCKS_A_CHUNK = 64;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClientAgent client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private final int port;
  private final String repository;

  Http2Traffic(int port, String repository) {
    this.port = port;
    this.repository = repository;
  }

  /** Pushes a blob in PATCHes of 16 MiB that say where they belong; returns its digest. */
  String pushChunks(StreamedBlob blob) {
    String session = new PushClient(port).start(repository);
    long blocks = Math.ceilDiv(blob.length(), StreamedBlob.BLOCK);
    for (long block = 0; block < blocks; block += BLOCKS_A_CHUNK) {
      pushChunk(session, blob, block);
    }
    String digest = blob.digest().text();
    String path = session + "?digest=" + digest;
    HttpClientResponse answer = get(request(HttpMethod.PUT, path).compose(HttpClientRequest::send));
    assertThat(answer.statusCode()).isEqualTo(201);
    return digest;
  }

  private void pushChunk(String session, StreamedBlob blob, long first) {
    long from = first * StreamedBlob.BLOCK;
    long to = Math.min(blob.length(), from + (long) BLOCKS_A_CHUNK * StreamedBlob.BLOCK);
    HttpClientRequest request = get(request(HttpMethod.PATCH, session));
    request.putHeader("Content-Range", from + "-" + (to - 1));
    request.putHeader("Content-Length", Long.toString(to - from));
    for (long block = first; block * StreamedBlob.BLOCK < to; block++) {
      byte[] bytes = new byte[StreamedBlob.BLOCK];
      int length = blob.block(block, bytes);
      get(request.write(Buffer.buffer(bytes).slice(0, length)));
    }
    request.end();
    HttpClientResponse answer = get(request.response());
    assertThat(answer.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.getHeader("Range")).isEqualTo("0-" + (to - 1));
  }

  /** Pulls a whole blob and compares every byte. */
  void pull(StreamedBlob blob, String digest) {
    Comparison comparison = new Comparison(blob);
    get(
        request(HttpMethod.GET, "/v2/" + repository + "/blobs/" + digest)
            .compose(HttpClientRequest::send)
            .compose(
                answer -> {
                  answer.handler(bytes -> comparison.add(bytes.getBytes(), bytes.length()));
                  return answer.end();
                }));
    comparison.requireWhole();
  }

  private Future<HttpClientRequest> request(HttpMethod method, String path) {
    return client.request(
        new RequestOptions().setMethod(method).setHost("127.0.0.1").setPort(port).setURI(path));
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.await(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE_MINUTES + " min", e);
    }
  }

  @Override
  public void close() {
    get(client.close());
    get(vertx.close());
  }
}
