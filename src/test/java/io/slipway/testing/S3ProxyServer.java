package io.slipway.testing;

import io.slipway.blob.S3Config;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Runs s3proxy as a process of its own, with one bucket on a folder of the test's. */
public final class S3ProxyServer implements AutoCloseable {
  private static final long SECONDS = 30;
  private static final Duration START = Duration.ofSeconds(30);
  private static final Pattern LISTENS =
      Pattern.compile("Started .*ServerConnector.*127\\.0\\.0\\.1:([0-9]+)");
  private static final String KEY = "registry";
  private static final String SECRET = "registry-secret";
  private static final String BUCKET = "bucket";

  /** Says where it listens, which the log of our tests would not. */
  private static final String LOG =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%msg%n%ex</pattern></encoder>
        </appender>
        <root level="INFO"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final Process process;
  private final ServerOutput output;
  private final S3Client client;
  private final String endpoint;

  private S3ProxyServer(Process process) {
    this.process = process;
    this.output = ServerOutput.of(process, LISTENS);
    this.endpoint = "http://127.0.0.1:" + output.port(START);
    this.client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
            .build();
  }

  /** Starts it and waits until it listens. */
  public static S3ProxyServer start(Path folder) {
    try {
      Path properties = folder.resolve("s3proxy.properties");
      Path log = Files.writeString(folder.resolve("log.xml"), LOG);
      Files.createDirectories(folder.resolve("data"));
      Files.writeString(
          properties,
          String.join(
              "\n",
              "s3proxy.endpoint=http://127.0.0.1:0",
              "s3proxy.authorization=aws-v4",
              "s3proxy.identity=" + KEY,
              "s3proxy.credential=" + SECRET,
              "jclouds.provider=filesystem",
              "jclouds.identity=none",
              "jclouds.credential=none",
              "jclouds.filesystem.basedir=" + folder.resolve("data"),
              ""));
      S3ProxyServer server = new S3ProxyServer(launch(properties, log));
      server.client.createBucket(request -> request.bucket(BUCKET));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * It gets our libraries, for the log and the AWS SDK, and its own; our classes set the log up.
   */
  private static Process launch(Path properties, Path log) throws IOException {
    String jars = System.getProperty("slipway.test.s3proxy", "target/s3proxy");
    String classes =
        Stream.concat(
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> entry.endsWith(".jar")),
                Stream.of(jars + "/*"))
            .collect(Collectors.joining(File.pathSeparator));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Dlogback.configurationFile=" + log,
            "-cp",
            classes,
            "org.gaul.s3proxy.Main",
            "--properties",
            properties.toString())
        .redirectErrorStream(true)
        .start();
  }

  /**
   * Returns the settings of a registry that uses it, keys and values one after the other.
   *
   * @param prefix of all its keys; whoever has another one sees nothing of it
   */
  public String[] settings(String prefix) {
    return new String[] {
      "storage.backend", "s3",
      "storage.s3.bucket", BUCKET,
      "storage.s3.prefix", prefix,
      "storage.s3.endpoint", endpoint,
      "storage.s3.path_style", "true",
      "storage.s3.access_key", KEY,
      "storage.s3.secret_key", SECRET,
      "storage.s3.part_size", "5MiB"
    };
  }

  public S3Config config(String prefix) {
    return FakeS3.config(settings(prefix));
  }

  /** Returns all keys with a prefix, without it. */
  public List<String> keys(String prefix) {
    return client
        .listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  /** Returns the keys of unfinished multipart uploads with a prefix, without it. */
  public List<String> unfinished(String prefix) {
    return client
        .listMultipartUploadsPaginator(request -> request.bucket(BUCKET).prefix(prefix))
        .uploads()
        .stream()
        .map(MultipartUpload::key)
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  public byte[] read(String key) {
    return client.getObjectAsBytes(request -> request.bucket(BUCKET).key(key)).asByteArrayUnsafe();
  }

  /** Begins a multipart upload that nobody will go on with. */
  public void begin(String key) {
    client.createMultipartUpload(request -> request.bucket(BUCKET).key(key));
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("s3proxy does not end:\n" + output.text());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
