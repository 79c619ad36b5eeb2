package io.slipway.blob.s3;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.slipway.blob.S3Config;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The SDK's clients of one node: requests, the connections below them, signatures, what the keys
 * for both come from, and how far S3's clock is.
 */
record S3Clients(
    S3AsyncClient requests,
    SdkAsyncHttpClient connections,
    EventLoopGroup loops,
    S3Presigner signatures,
    S3Presigner redirects,
    IdentityProvider<? extends AwsCredentialsIdentity> credentials,
    ServerClock clock) {
  /** The first try and three more. */
  static final int ATTEMPTS = 4;

  private static final int QUIET_MILLIS = 100;
  private static final int CLOSE_MILLIS = 5000;

  private static final Duration FIRST_DELAY = Duration.ofMillis(50);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(3);

  static S3Clients open(S3Config config) {
    EventLoopGroup loops = eventLoops();
    SdkAsyncHttpClient connections = connections(config, loops);
    IdentityProvider<? extends AwsCredentialsIdentity> credentials = credentials(config);
    Region region = Region.of(config.region());
    @Nullable URI endpoint = config.endpoint();
    var requests =
        S3AsyncClient.builder()
            .httpClient(connections)
            .region(region)
            .credentialsProvider(credentials)
            .putAuthScheme(new PartAuthScheme())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service(config))
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        // Of many uploads that fail together each is to be tried again.
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(ATTEMPTS)
                            .backoffStrategy(delays())
                            .throttlingBackoffStrategy(delays())
                            .circuitBreakerEnabled(false)
                            .build()))
            .asyncConfiguration(
                async ->
                    async.advancedOption(
                        SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run));
    if (endpoint != null) {
      requests.endpointOverride(endpoint);
    }
    S3Presigner signatures = signatures(config, credentials, endpoint);
    @Nullable URI known = config.redirectEndpoint();
    S3Presigner redirects = known == null ? signatures : signatures(config, credentials, known);
    return new S3Clients(
        requests.build(),
        connections,
        loops,
        signatures,
        redirects,
        credentials,
        new ServerClock());
  }

  private static S3Presigner signatures(
      S3Config config,
      IdentityProvider<? extends AwsCredentialsIdentity> credentials,
      @Nullable URI endpoint) {
    var signatures =
        S3Presigner.builder()
            .region(Region.of(config.region()))
            .credentialsProvider(credentials)
            .serviceConfiguration(
                S3Configuration.builder().pathStyleAccessEnabled(config.pathStyle()).build());
    if (endpoint != null) {
      signatures.endpointOverride(endpoint);
    }
    return signatures.build();
  }

  /** Returns how long to wait between tries; many that fail together do not come back together. */
  static BackoffStrategy delays() {
    return BackoffStrategy.exponentialDelayHalfJitter(FIRST_DELAY, LONGEST_DELAY);
  }

  private static S3Configuration service(S3Config config) {
    return S3Configuration.builder()
        // Compatible servers differ in what they make of it, and it costs a round trip.
        .expectContinueEnabled(false)
        .chunkedEncodingEnabled(false)
        .pathStyleAccessEnabled(config.pathStyle())
        .build();
  }

  /** Of the class that the SDK knows. */
  @SuppressWarnings("deprecation")
  private static EventLoopGroup eventLoops() {
    return new NioEventLoopGroup(
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        Thread.ofPlatform().name("slipway-s3-", 0).daemon().factory());
  }

  private static SdkAsyncHttpClient connections(S3Config config, EventLoopGroup loops) {
    return NettyNioAsyncHttpClient.builder()
        .maxConcurrency(config.maxConnections())
        .maxPendingConnectionAcquires(Integer.MAX_VALUE)
        .connectionAcquisitionTimeout(config.timeout())
        .connectionTimeout(config.timeout())
        .readTimeout(config.timeout())
        .writeTimeout(config.timeout())
        .tcpKeepAlive(true)
        .eventLoopGroup(SdkEventLoopGroup.create(loops, NioSocketChannel::new))
        .build();
  }

  private static IdentityProvider<? extends AwsCredentialsIdentity> credentials(S3Config config) {
    if (config.accessKey() == null || config.secretKey() == null) {
      return new RenewedCredentials(DefaultCredentialsProvider.builder().build(), config.timeout());
    }
    String key = config.accessKey().reveal();
    String secret = config.secretKey().reveal();
    return StaticCredentialsProvider.create(
        config.sessionToken() == null
            ? AwsBasicCredentials.create(key, secret)
            : AwsSessionCredentials.create(key, secret, config.sessionToken().reveal()));
  }

  /** Closes every connection; takes a moment, so off the event loop. */
  void close() {
    requests.close();
    connections.close();
    signatures.close();
    redirects.close();
    if (credentials instanceof RenewedCredentials renewed) {
      renewed.close();
    }
    // By itself the SDK waits two seconds for more work; only its own last steps are to come.
    boolean _ =
        loops
            .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(2 * CLOSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
