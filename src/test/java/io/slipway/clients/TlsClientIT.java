package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Talks TLS with openssl, curl and Skopeo to a registry that wants to see a certificate. */
class TlsClientIT {
  /** As docs/tls.md tells people to do it. */
  private static final String MAKE =
      """
      ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
      openssl req -x509 $ec -days 2 -subj "/CN=our authority" -keyout ca.key -out ca.crt
      issue() {
        openssl req $ec -subj "/CN=$2" -keyout $1.key -out $1.csr
        openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out $1.crt -extfile <(printf "$3")
      }
      issue tls localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nextendedKeyUsage=serverAuth'
      issue next localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nextendedKeyUsage=serverAuth'
      issue client ann 'extendedKeyUsage=clientAuth'
      openssl req -x509 $ec -days 2 -subj /CN=ann -keyout stranger.key -out stranger.crt
      mkdir known unknown
      cp ca.crt known && cp client.crt known/client.cert && cp client.key known
      cp ca.crt unknown && cp stranger.crt unknown/client.cert && cp stranger.key unknown/client.key
      """;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static Program bash = Program.bash();
  private static LaunchedRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    bash = bash.in(folder);
    bash.print(MAKE);
    registry =
        LaunchedRegistry.start(
            data,
            Map.of(
                "REGISTRY_HTTP_TLS_CERTIFICATE", folder.resolve("tls.crt").toString(),
                "REGISTRY_HTTP_TLS_KEY", folder.resolve("tls.key").toString(),
                "REGISTRY_HTTP_TLS_CLIENT_CA", folder.resolve("ca.crt").toString(),
                "REGISTRY_HTTP_TLS_CLIENT_AUTH", "required"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String curl(String options) {
    return "curl -sS --max-time 30 --cacert ca.crt " + options + " " + registry.url("/v2/");
  }

  @Test
  void letsInWhoShowsACertificate() throws Exception {
    assertThat(bash.print(curl("--cert client.crt --key client.key -w %{http_code} -o /dev/null")))
        .isEqualTo("200");
    assertThat(bash.fail(curl("--cert stranger.crt --key stranger.key"))).contains("curl: (");
    assertThat(bash.fail(curl(""))).contains("curl: (");
  }

  @Test
  void skopeoCopiesWithACertificate() throws Exception {
    OciLayout image = new OciLayout(folder.resolve("image"));
    image.name("v1", image.image("amd64", Contents.random(100_000, 71)));
    String copy =
        "skopeo --insecure-policy copy --dest-cert-dir %s oci:image:v1 docker://"
            + registry.host()
            + "/team/tls:v1";
    assertThat(bash.fail(copy.formatted("unknown"))).contains("tls: ");
    bash.print(copy.formatted("known"));
    assertThat(
            bash.print(
                "skopeo inspect --cert-dir known docker://" + registry.host() + "/team/tls:v1"))
        .contains("sha256:");
  }

  /** The client is shown to be able to, for libraries refuse old versions by themselves too. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void refusesOldVersions(String version) throws Exception {
    String connect =
        "timeout 30 openssl s_client -cipher ALL:@SECLEVEL=0 -cert client.crt -key client.key -connect ";
    String refused = bash.fail(connect + registry.host() + " " + version + " </dev/null");
    assertThat(refused).contains("alert protocol version");
    String accepted =
        bash.print(
            """
            coproc server { exec timeout 30 openssl s_server -accept 127.0.0.1:0 -naccept 1 -cert tls.crt -key tls.key -cipher ALL:@SECLEVEL=0 2>&1; }
            while read -r line <&${server[0]}; do case $line in ACCEPT\\ *) break ;; esac; done
            %s ${line#ACCEPT } %s </dev/null
            """
                .formatted(connect, version));
    assertThat(accepted).contains("Protocol  : TLSv1");
    assertThat(bash.print(connect + registry.host() + " -tls1_2 </dev/null")).contains("TLSv1.2");
  }

  @Test
  void goesOnWithAnotherCertificateWhenItIsToldTo() throws Exception {
    String before = served();
    Files.copy(
        folder.resolve("next.crt"), folder.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        folder.resolve("next.key"), folder.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    registry.hangUp();
    String next = bash.print("openssl x509 -noout -serial -in next.crt");
    assertThat(before).isNotEqualTo(next);
    Eventually.happens("the next certificate is served", () -> served().equals(next));
  }

  private static String served() {
    try {
      return bash.print(
          "openssl s_client -connect %s -cert client.crt -key client.key </dev/null 2>/dev/null | openssl x509 -noout -serial"
              .formatted(registry.host()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
