package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.SystemCalls.Call;
import io.slipway.oci.Digest;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watches a push from below: what was acknowledged must be on the disk before, which no kill can
 * show.
 */
@OneProfile("of system calls on files")
class PushOrderIT {
  private static final String LOG = "registry.db-wal";
  private static final byte[] BLOB = PushClient.bytes(1, 300_000);

  @TempDir private Path folder;

  private List<Call> trace(Consumer<PushClient> push) throws IOException, InterruptedException {
    return trace(client -> {}, push);
  }

  /** Watches a push, and not what has to be there before. */
  private List<Call> trace(Consumer<PushClient> before, Consumer<PushClient> push)
      throws IOException, InterruptedException {
    try (ChildRegistry registry = ChildRegistry.start(folder.resolve("data"), Map.of())) {
      // The first request makes what every later one needs.
      registry.client().send("GET", "/v2/");
      before.accept(registry.client());
      SystemCalls calls = SystemCalls.of(registry.pid(), folder.resolve("calls"));
      push.accept(registry.client());
      return calls.end();
    }
  }

  private static Call last(List<Call> calls, String what, int before, Predicate<Call> wanted) {
    List<Call> found = calls.stream().filter(call -> call.end() < before).filter(wanted).toList();
    assertThat(found).as(what + " before line " + before + " of\n" + text(calls)).isNotEmpty();
    return found.getLast();
  }

  private static String text(List<Call> calls) {
    return String.join("\n", calls.stream().map(Call::toString).toList());
  }

  /** Goes from the answer back to the first byte: each step was over before the next one began. */
  private static void assertDurable(List<Call> calls) {
    int end = Integer.MAX_VALUE;
    Call answer = last(calls, "the answer", end, call -> call.answers(201));
    Call sync = last(calls, "the sync of the log", answer.begin(), call -> call.syncs(LOG));
    Call commit = last(calls, "the commit", sync.begin(), call -> call.writes(LOG));
    Call folderSync =
        last(
            calls,
            "the sync of the shard's folder",
            commit.begin(),
            call -> call.syncs("/blobs/sha256/[0-9a-f]{2}>"));
    Call rename =
        last(calls, "the rename", folderSync.begin(), call -> call.renames("/blobs/sha256/"));
    Call fileSync =
        last(calls, "the sync of the file", rename.begin(), call -> call.syncs("/uploads/"));
    Call write =
        last(calls, "the write of the bytes", fileSync.begin(), call -> call.writes("/uploads/"));
    assertThat(calls.stream().filter(call -> call.writes("/uploads/")))
        .as("no byte is written after the file was synced")
        .allMatch(call -> call.end() <= write.end());
    assertThat(calls.stream().filter(call -> call.writes(LOG)))
        .as("nothing is named between the rename and its sync")
        .noneMatch(call -> call.end() > rename.begin() && call.begin() < folderSync.end());
  }

  @Test
  void aBlobInOneRequestIsDurableBeforeItsAnswer() throws IOException, InterruptedException {
    List<Call> calls =
        trace(client -> assertThat(client.pushBlob("app", BLOB).statusCode()).isEqualTo(201));
    assertDurable(calls);
  }

  @Test
  void aBlobInASessionIsWrittenBeforeEach202AndDurableBeforeThe201()
      throws IOException, InterruptedException {
    Digest digest = PushClient.digest(BLOB);
    List<Call> calls =
        trace(
            client -> {
              String session = client.start("app");
              assertThat(client.patch(session, 0, BLOB).statusCode()).isEqualTo(202);
              assertThat(client.finish(session, digest, new byte[0]).statusCode()).isEqualTo(201);
            });
    assertDurable(calls);
    List<Call> accepted = calls.stream().filter(call -> call.answers(202)).toList();
    assertThat(accepted).as("the answers to POST and PATCH").hasSize(2);
    Call patched = accepted.getLast();
    List<Call> writes = calls.stream().filter(call -> call.writes("/uploads/")).toList();
    assertThat(writes).isNotEmpty().allMatch(call -> call.end() < patched.begin());
    last(calls, "the session's row", accepted.getFirst().begin(), call -> call.writes(LOG));
    last(calls, "the checkpoint", patched.begin(), call -> call.writes(LOG));
  }

  @Test
  void aManifestIsDurableBeforeItsAnswer() throws IOException, InterruptedException {
    byte[] config = PushClient.bytes(2, 100);
    List<Call> calls =
        trace(
            client -> {
              client.pushBlob("app", config);
              client.pushBlob("app", BLOB);
            },
            client -> {
              byte[] manifest = PushClient.manifest(config, BLOB);
              assertThat(client.pushManifest("app", "v1", manifest).statusCode()).isEqualTo(201);
            });
    Call answer = last(calls, "the answer", Integer.MAX_VALUE, call -> call.answers(201));
    Call sync = last(calls, "the sync of the log", answer.begin(), call -> call.syncs(LOG));
    last(calls, "the commit", sync.begin(), call -> call.writes(LOG));
  }

  /** A loss of power would leave a name with nothing in it, and rows that nobody can name again. */
  @Test
  void whatAFolderIsCalledIsDurableBeforeItIsUsed() throws IOException, InterruptedException {
    SystemCalls seen =
        SystemCalls.of(ProcessHandle.current().pid(), folder.resolve("calls of the start"));
    TestRegistry.start(Files.createDirectory(folder.resolve("new"))).close();
    List<Call> calls = seen.end();
    Call rename = last(calls, "the name", Integer.MAX_VALUE, call -> call.renames("/node.id"));
    last(calls, "its sync", rename.begin(), call -> call.syncs("/node\\.id\\.new>"));
    assertThat(calls)
        .as("the sync of the folder after %s", rename)
        .anyMatch(call -> call.begin() > rename.end() && call.syncs("/new>"));
  }
}
