package io.slipway.oci;

import static io.slipway.oci.Refusal.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTest {
  private static final String EMPTY_256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String EMPTY_512 =
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
          + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

  @ParameterizedTest
  @ValueSource(strings = {"sha256:" + EMPTY_256, "sha512:" + EMPTY_512})
  void parsesWhatItPrints(String text) {
    Digest digest = Digest.parse(text);
    assertThat(digest.text()).isEqualTo(text);
    assertThat(digest).hasToString(text).isEqualTo(Digest.parse(text));
    assertThat(digest).hasSameHashCodeAs(Digest.parse(text));
    assertThat(digest.algorithm().id() + ":" + digest.hex()).isEqualTo(text);
    assertThat(Digest.of(digest.algorithm(), new byte[0])).isEqualTo(digest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "sha256",
        "sha256:",
        EMPTY_256,
        ":" + EMPTY_256,
        "sha256:" + EMPTY_256 + "0",
        "sha256:" + EMPTY_512,
        "sha512:" + EMPTY_256,
        "sha512:" + EMPTY_512 + "0",
        "SHA256:" + EMPTY_256,
        "sha256: " + EMPTY_256,
        " sha256:" + EMPTY_256,
        "sha256:" + EMPTY_256 + "\n",
        "sha256::3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:٣3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:../../../../../../../../../../../../../../../../../etc/passwd/.",
        "sha384:" + EMPTY_256,
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
      })
  void refusesWhatIsNotOne(String text) {
    assertThat(Digest.find(text)).isEmpty();
    assertRefused(ErrorCode.DIGEST_INVALID, () -> Digest.parse(text))
        .startsWith("tried to read the digest \"")
        .contains("sha256: and 64");
  }

  @Test
  void readsNoMoreThanItNeedsOfAHugeText() {
    String huge = "sha256:" + "0".repeat(1_000_000);
    assertRefused(ErrorCode.DIGEST_INVALID, () -> Digest.parse(huge)).hasSizeLessThan(400);
  }

  @Test
  void hashesAsTheWorldDoes() {
    assertThat(Digest.of(DigestAlgorithm.SHA256, "abc".getBytes(UTF_8)))
        .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void endsAComputationAndResetsIt() {
    MessageDigest computation = DigestAlgorithm.SHA512.newMessageDigest();
    computation.update("something else".getBytes(UTF_8));
    Digest.of(DigestAlgorithm.SHA512, computation);
    assertThat(Digest.of(DigestAlgorithm.SHA512, computation)).hasToString("sha512:" + EMPTY_512);
  }

  @Test
  void differsByContentAndByAlgorithm() {
    Digest digest = Digest.parse("sha256:" + EMPTY_256);
    assertThat(digest)
        .isNotEqualTo(Digest.of(DigestAlgorithm.SHA256, new byte[1]))
        .isNotEqualTo(Digest.of(DigestAlgorithm.SHA512, new byte[0]))
        .isNotEqualTo(new Tag(digest.text()));
  }

  @ParameterizedTest
  @EnumSource
  void knowsAnAlgorithmByItsId(DigestAlgorithm algorithm) {
    assertThat(DigestAlgorithm.parse(algorithm.id())).isSameAs(algorithm);
    assertThat(algorithm.newMessageDigest().getDigestLength() * 2).isEqualTo(algorithm.hexLength());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha384", "SHA256", "sha-256", "sha256 ", "md5"})
  void refusesOtherAlgorithms(String id) {
    assertThat(DigestAlgorithm.find(id)).isEmpty();
    assertRefused(ErrorCode.DIGEST_INVALID, () -> DigestAlgorithm.parse(id))
        .contains("\"" + id + "\"")
        .endsWith("only sha256 and sha512 are supported");
  }
}
