package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Runs a MinIO of this test's, with one empty bucket. */
public final class MinioServer implements AutoCloseable {
  private static final String KEY = "registry";
  private static final String SECRET = "registry-secret";

  public static final String BUCKET = "bucket";

  private final Process process;
  private final int port;
  private final S3Client client;

  private MinioServer(Process process, int port) {
    this.process = process;
    this.port = port;
    this.client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint()))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
            .build();
  }

  /** Starts the program that {@code SLIPWAY_MINIO} names. */
  public static MinioServer start(Path folder) {
    try {
      int port = FreePort.find();
      // A folder at the top is a bucket.
      Files.createDirectories(folder.resolve(BUCKET));
      ProcessBuilder program =
          new ProcessBuilder(
                  Objects.requireNonNull(System.getenv("SLIPWAY_MINIO"), "SLIPWAY_MINIO"),
                  "server",
                  "--quiet",
                  "--address",
                  "127.0.0.1:" + port,
                  folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      program.environment().put("MINIO_ROOT_USER", KEY);
      program.environment().put("MINIO_ROOT_PASSWORD", SECRET);
      program.environment().put("MINIO_BROWSER", "off");
      program.environment().put("MINIO_UPDATE", "off");
      MinioServer server = new MinioServer(program.start(), port);
      Eventually.happens("MinIO is ready", server::isReady);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI health = URI.create(endpoint() + "/minio/health/ready");
      return client
              .send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw new IllegalStateException("MinIO ended with " + process.exitValue(), e);
      }
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns where it listens. */
  public int port() {
    return port;
  }

  /** Returns its address as one configures it. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** Returns how much of the processors it has used. */
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Returns an object. */
  public byte[] read(String key) {
    return client.getObjectAsBytes(request -> request.bucket(BUCKET).key(key)).asByteArrayUnsafe();
  }

  /** Puts an object in the place of another. */
  public void write(String key, byte[] bytes) {
    client.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
  }

  /** Has its bucket keep every version of an object. */
  public void keepVersions() {
    client.putBucketVersioning(
        versioning ->
            versioning
                .bucket(BUCKET)
                .versioningConfiguration(state -> state.status(BucketVersioningStatus.ENABLED)));
  }

  /** Makes another bucket, whose versions nobody can delete for a day, and returns its name. */
  public String makeLockedBucket() {
    String name = "locked";
    client.createBucket(bucket -> bucket.bucket(name).objectLockEnabledForBucket(true));
    client.putObjectLockConfiguration(
        lock ->
            lock.bucket(name)
                .objectLockConfiguration(
                    configuration ->
                        configuration
                            .objectLockEnabled(ObjectLockEnabled.ENABLED)
                            .rule(
                                rule ->
                                    rule.defaultRetention(
                                        retention ->
                                            retention
                                                .mode(ObjectLockRetentionMode.COMPLIANCE)
                                                .days(1)))));
    return name;
  }

  /** Returns the keys below a prefix that have an object now. */
  public List<String> keys(String bucket, String prefix) {
    return client.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  /** Returns the keys below a prefix of which some version has bytes, one for each version. */
  public List<String> versions(String bucket, String prefix) {
    return client.listObjectVersions(list -> list.bucket(bucket).prefix(prefix)).versions().stream()
        .map(ObjectVersion::key)
        .toList();
  }

  /** Returns the settings of a registry that uses it, keys and values one after the other. */
  public String[] settings() {
    return new String[] {
      "storage.backend",
      "s3",
      "storage.s3.bucket",
      BUCKET,
      "storage.s3.prefix",
      "registry/",
      "storage.s3.endpoint",
      endpoint(),
      "storage.s3.access_key",
      KEY,
      "storage.s3.secret_key",
      SECRET,
      "storage.s3.part_size",
      "5MiB"
    };
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
