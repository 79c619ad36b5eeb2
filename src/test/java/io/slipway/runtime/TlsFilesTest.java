package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
  @TempDir Path folder;

  @Test
  void namesTheFiles() throws Exception {
    Path certificate = Files.createFile(folder.resolve("cert.pem"));
    Path key = Files.createFile(folder.resolve("key.pem"));
    TlsFiles files = new TlsFiles(certificate, key);
    assertThat(files.isPresent()).isTrue();
    assertThat(files.options().getCertPath()).isEqualTo(certificate.toString());
    assertThat(files.options().getKeyPath()).isEqualTo(key.toString());
  }

  @Test
  void tellsWhichFileIsMissing() throws Exception {
    Path certificate = Files.createFile(folder.resolve("cert.pem"));
    TlsFiles files = new TlsFiles(certificate, folder.resolve("none.pem"));
    assertThatThrownBy(files::options).hasMessageMatching("tried to read the TLS private key .*");
  }

  @Test
  void hasNothingToServeWithoutFiles() {
    TlsFiles none = new TlsFiles(null, null);
    assertThat(none.isPresent()).isFalse();
    assertThatThrownBy(none::options).isInstanceOf(IllegalStateException.class);
  }
}
