package io.slipway.blob;

import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures the bucket that keeps the blobs. */
public record S3Config(
    @Doc("Bucket; it must exist.") @Nullable String bucket,
    @Doc("What every key begins with, registry/ for example.") @Default("") String prefix,
    @Doc("Region of the bucket; most other servers than AWS take any.") @Default("us-east-1")
        String region,
    @Doc("Address of another server than AWS, as http(s)://host[:port].") @Nullable URI endpoint,
    @Doc("Whether the bucket stands in the path of an address and not in its host.")
        @Default("false")
        boolean pathStyle,
    @Doc(
            "Access key; without it, the one of the environment, the profile or the role that AWS gives.")
        @Nullable Secret accessKey,
    @Doc("Secret of the access key.") @Nullable Secret secretKey,
    @Doc("Session token of a temporary access key.") @Nullable Secret sessionToken,
    @Doc("Connections to the server at the same time, and as many more for pulls.") @Default("128")
        int maxConnections,
    @Doc("How long the server may be silent before a request is tried again.") @Default("30s")
        Duration timeout,
    @Doc(
            "Size of the parts in which large blobs are sent; larger ones for a blob of more than 9000 parts.")
        @Default("16MiB")
        DataSize partSize,
    @Doc("Memory for parts on their way to the server, of all uploads together.") @Default("64MiB")
        DataSize uploadMemory,
    @Doc(
            "Whether clients are sent to the server to read blobs (307), which they must reach; small blobs are always read here.")
        @Default("false")
        boolean redirect,
    @Doc(
            "Address of the server as clients know it, as http(s)://host[:port]; without it, endpoint.")
        @Nullable URI redirectEndpoint,
    @Doc("Encryption that the server is asked for.") @Default("none") Encryption sse,
    @Doc("Key for sse: kms; without it, the account's own.") @Nullable String sseKmsKeyId) {
  /** What the server encrypts objects with. */
  public enum Encryption {
    NONE,
    AES256,
    KMS
  }

  private static final String ADDRESS = "http://host or https://host";
  private static final DataSize LEAST_PART = DataSize.parse("5MiB");
  private static final DataSize MOST_PART = DataSize.parse("1GiB");
  private static final DataSize MOST_MEMORY = DataSize.parse("64GiB");

  public S3Config {
    new Checks()
        .that(!prefix.startsWith("/"), "prefix", "a prefix that does not begin with /")
        .that(endpoint == null || isAddress(endpoint), "endpoint", ADDRESS)
        .that(redirectEndpoint == null || isAddress(redirectEndpoint), "redirect_endpoint", ADDRESS)
        .that(redirectEndpoint == null || redirect, "redirect_endpoint", "redirect: true with it")
        .that((accessKey == null) == (secretKey == null), "secret_key", "both keys or none")
        .that(sessionToken == null || accessKey != null, "session_token", "an access_key with it")
        .range("max_connections", maxConnections, 8, 10_000)
        .range("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(10))
        .range("part_size", partSize, LEAST_PART, MOST_PART)
        .range("upload_memory", uploadMemory, partSize, MOST_MEMORY)
        .that(sseKmsKeyId == null || sse == Encryption.KMS, "sse_kms_key_id", "sse: kms with it")
        .done();
  }

  private static boolean isAddress(URI address) {
    return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
        && address.getHost() != null;
  }
}
