package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, asking a registry that is named. */
class ScrubCommandIT {
  @TempDir Path data;
  @TempDir Path elsewhere;

  @Test
  void asksTheServerThatIsNamedAndNoOther() {
    try (TestRegistry registry =
        TestRegistry.start(
            data,
            "auth.mode",
            "basic",
            "auth.admin.password",
            "open sesame",
            "auth.bcrypt_cost",
            "4")) {
      String server = "http://127.0.0.1:" + registry.port();
      ChildCommand nobody = ChildCommand.run(elsewhere, "scrub", "--server", server);
      assertThat(nobody.code()).isEqualTo(1);
      assertThat(nobody.err()).contains(server + " scrub but it answered 401");
      ChildCommand done =
          ChildCommand.runWith(
              elsewhere,
              "open sesame\n",
              "scrub",
              "--dry-run",
              "--rate",
              "1GiB",
              "--server",
              server,
              "--username",
              "admin",
              "--password-stdin");
      assertThat(done.code()).as("%s", done).isZero();
      assertThat(done.out())
          .isEqualTo(
              "Checked 0 blobs and 0 manifests (0 bytes), and copies of 0 tags: 0 damaged, 0"
                  + " healed, 0 copies wrong, 0 unreadable; nothing was changed\n");
    }
    assertThat(elsewhere).isEmptyDirectory();
    ChildCommand wrong =
        ChildCommand.run(elsewhere, "scrub", "--rate", "much", "--server", "http://127.0.0.1:1");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--rate is much but expected a size such as 20MiB");
    ChildCommand silent = ChildCommand.run(elsewhere, "scrub", "--server", "http://127.0.0.1:1");
    assertThat(silent.code()).isEqualTo(1);
    assertThat(silent.err())
        .contains("tried to have the registry at http://127.0.0.1:1 scrub but Connection refused");
  }
}
