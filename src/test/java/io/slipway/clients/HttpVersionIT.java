package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.MediaTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pushes and pulls with curl in every version of HTTP, with and without TLS. */
class HttpVersionIT {
  private static final byte[] BLOB = Contents.random(20 * 1024 * 1024, 31);
  private static final String DIGEST = Contents.digest(BLOB);
  private static final String CONFIG = "{}";
  private static final String MANIFEST =
      """
      {"schemaVersion":2,"mediaType":"%s",
      "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
      "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}
      """
          .formatted(
              MediaTypes.OCI_MANIFEST,
              Contents.digest(CONFIG.getBytes(UTF_8)),
              DIGEST,
              BLOB.length);

  @TempDir static Path folder;
  @TempDir static Path data;
  @TempDir static Path secureData;
  private static LaunchedRegistry plain;
  private static LaunchedRegistry secure;

  /** How curl speaks, and which version carries its requests. */
  enum Speech {
    PLAIN_1_1("1.1", false, "--http1.1"),
    PLAIN_2("2", false, "--http2-prior-knowledge"),
    UPGRADE("1.1", false, "--http2"),
    TLS_1_1("1.1", true, "--http1.1"),
    TLS_2("2", true, "--http2");

    private final String version;
    private final boolean tls;
    private final String option;

    Speech(String version, boolean tls, String option) {
      this.version = version;
      this.tls = tls;
      this.option = option;
    }

    private LaunchedRegistry registry() {
      return tls ? secure : plain;
    }

    private String path(String rest) {
      return registry().url("/v2/team/" + name().toLowerCase(Locale.ROOT) + rest);
    }

    /** Sends a request; returns status, version and the numbers of bytes sent and received. */
    private String curl(String... arguments) throws Exception {
      return Program.of("curl", "-s", "--max-time", "60", "--cacert", "cert.pem", option)
          .in(folder)
          .print(
              concat(
                  arguments,
                  "-w",
                  "\n%{http_code} HTTP/%{http_version} %{size_upload} %{size_download}"));
    }

    private static String[] concat(String[] first, String... second) {
      String[] all = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, all, first.length, second.length);
      return all;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Program.of("openssl")
        .in(folder)
        .print(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
                .split(" "));
    Files.write(folder.resolve("blob"), BLOB);
    Files.writeString(folder.resolve("config"), CONFIG);
    Files.writeString(folder.resolve("manifest"), MANIFEST);
    plain = LaunchedRegistry.start(data, Map.of());
    secure =
        LaunchedRegistry.start(
            secureData,
            Map.of(
                "REGISTRY_HTTP_TLS_CERTIFICATE", folder.resolve("cert.pem").toString(),
                "REGISTRY_HTTP_TLS_KEY", folder.resolve("key.pem").toString()));
  }

  @AfterAll
  static void stop() {
    plain.close();
    secure.close();
  }

  private static String location(Speech speech) throws Exception {
    return speech
        .curl("-i", "-X", "POST", speech.path("/blobs/uploads/"))
        .lines()
        .filter(line -> line.regionMatches(true, 0, "Location: ", 0, 10))
        .reduce((first, last) -> last)
        .orElseThrow()
        .substring(10)
        .strip();
  }

  @ParameterizedTest
  @EnumSource
  void pushesAndPulls(Speech speech) throws Exception {
    String upload = location(speech);
    assertThat(speech.curl("-X", "PATCH", "--data-binary", "@blob", upload))
        .isEqualTo("\n202 HTTP/" + speech.version + " " + BLOB.length + " 0");
    assertThat(speech.curl("-X", "PUT", upload + "?digest=" + DIGEST)).startsWith("\n201 ");
    String config = Contents.digest(Files.readAllBytes(folder.resolve("config")));
    assertThat(
            speech.curl(
                "--data-binary", "@config", speech.path("/blobs/uploads/?digest=" + config)))
        .startsWith("\n201 HTTP/" + speech.version);
    assertThat(speech.curl("-T", "manifest", speech.path("/manifests/v1"))).startsWith("\n201 ");

    String copy = speech.name();
    assertThat(speech.curl("-o", copy, speech.path("/blobs/" + DIGEST)))
        .isEqualTo("\n200 HTTP/" + speech.version + " 0 " + BLOB.length);
    assertThat(Files.mismatch(folder.resolve(copy), folder.resolve("blob"))).isEqualTo(-1);
    assertThat(speech.curl("-I", speech.path("/blobs/" + DIGEST)).toLowerCase(Locale.ROOT))
        .contains("content-length: " + BLOB.length)
        .contains("docker-content-digest: " + DIGEST);
    assertThat(speech.curl(speech.path("/manifests/v1"))).startsWith(MANIFEST);
    pullsRanges(speech, folder.resolve(copy));
  }

  private static void pullsRanges(Speech speech, Path copy) throws Exception {
    String path = speech.path("/blobs/" + DIGEST);
    assertThat(speech.curl("-o", copy.toString(), "-r", "1000000-9999999", path))
        .isEqualTo("\n206 HTTP/" + speech.version + " 0 9000000");
    assertThat(Files.readAllBytes(copy)).isEqualTo(Arrays.copyOfRange(BLOB, 1_000_000, 10_000_000));
    speech.curl("-o", copy.toString(), "-r", "-5", path);
    assertThat(Files.readAllBytes(copy))
        .isEqualTo(Arrays.copyOfRange(BLOB, BLOB.length - 5, BLOB.length));
    assertThat(speech.curl("-o", copy.toString(), "-r", BLOB.length + "-", path))
        .startsWith("\n416");
  }

  @ParameterizedTest
  @EnumSource
  void pushesABodyOfUnknownLength(Speech speech) throws Exception {
    String upload = location(speech);
    String pushed =
        Program.bash()
            .in(folder)
            .print(
                "cat blob | curl -s --max-time 60 --cacert cert.pem %s -X PATCH -T - %s -w '%%{http_code}'"
                    .formatted(speech.option, upload));
    assertThat(pushed).isEqualTo("202");
    assertThat(speech.curl("-X", "PUT", upload + "?digest=" + DIGEST)).startsWith("\n201 ");
  }
}
