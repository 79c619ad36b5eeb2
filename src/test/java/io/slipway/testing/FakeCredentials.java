package io.slipway.testing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives out temporary credentials as the machine's metadata (IMDSv2), a container's agent and STS
 * do: each time another key, of the form {@code TEMPKEY1}, with {@code temp-token-1}.
 */
public final class FakeCredentials implements AutoCloseable {
  /** What no output may have in it. */
  public static final String SECRET = "planted-secret";

  private static final long SECONDS = 10;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger given = new AtomicInteger();
  private final Duration life;
  private final HttpServer server;
  private volatile boolean failing;
  private volatile boolean silent;

  /** Starts a server whose credentials hold for so long. */
  public FakeCredentials(Duration life) {
    this.life = life;
    try {
      this.server =
          vertx
              .createHttpServer()
              .requestHandler(this::receive)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** Makes every answer a 500, or none any more. */
  public void fail(boolean fails) {
    failing = fails;
  }

  /** Makes it accept requests and answer none; those that came in this time never get one. */
  public void silence(boolean isSilent) {
    silent = isSilent;
  }

  /** Returns what was asked for, with the bodies of forms. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Returns how many credentials it gave out. */
  public int given() {
    return given.get();
  }

  private void receive(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              requests.add(request.method() + " " + request.uri() + " " + body);
              if (silent) {
                return;
              }
              if (failing) {
                request.response().setStatusCode(500).end();
              } else {
                request.response().end(answer(request, body.toString()));
              }
            });
  }

  private String answer(HttpServerRequest request, String body) {
    String path = String.valueOf(request.path());
    if (path.equals("/latest/api/token")) {
      request.response().putHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600");
      return "metadata-token";
    }
    if (path.endsWith("/security-credentials/")
        || path.endsWith("/security-credentials-extended/")) {
      return "role";
    }
    return body.contains("Action=AssumeRoleWithWebIdentity") ? xml() : json();
  }

  private String json() {
    int number = given.incrementAndGet();
    return """
    {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"TEMPKEY%d","SecretAccessKey":"%s",
    "Token":"temp-token-%d","Expiration":"%s","LastUpdated":"%s"}
    """
        .formatted(number, SECRET, number, end(), Instant.now());
  }

  private Instant end() {
    return Instant.now().plus(life);
  }

  private String xml() {
    int number = given.incrementAndGet();
    return """
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
    <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>TEMPKEY%d</AccessKeyId>
    <SecretAccessKey>%s</SecretAccessKey><SessionToken>temp-token-%d</SessionToken>
    <Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
    <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>
    """
        .formatted(number, SECRET, number, end());
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
