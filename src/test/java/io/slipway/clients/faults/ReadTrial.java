package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Asks for something that is there.
 *
 * @param status of a good answer
 * @param content what must be true of a good answer
 */
record ReadTrial(
    PushClient client,
    String method,
    String path,
    int status,
    Consumer<HttpResponse<byte[]>> content,
    Map<String, String> headers)
    implements Trial {

  static ReadTrial get(PushClient client, String path, Consumer<HttpResponse<byte[]>> content) {
    return new ReadTrial(client, "GET", path, 200, content, Map.of());
  }

  /** Tells that a body must be of a digest. */
  static Consumer<HttpResponse<byte[]>> is(Digest digest) {
    return answer -> assertThat(PushClient.digest(answer.body())).isEqualTo(digest);
  }

  @Override
  public HttpResponse<byte[]> attempt() {
    HttpResponse<byte[]> answer =
        client.send(
            method,
            path,
            new byte[0],
            headers.entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .toArray(String[]::new));
    if (answer.statusCode() == status) {
      content.accept(answer);
    }
    return answer;
  }

  @Override
  public void settle(Outcome outcome) {
    assertThat(attempt().statusCode()).as(method + " " + path).isEqualTo(status);
  }
}
