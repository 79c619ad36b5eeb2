package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that dies right before a certain system call of a request: what the next one makes of
 * it. A point that is not reached fails, for then nothing died.
 */
@OneProfile("of system calls on files")
class CrashPointsIT {
  private static final String REPOSITORY = "crash/points";
  private static final String ABSENT = "absent";
  private static final String WHOLE = "whole";
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path data;
  private StoredData stored;
  private ChildRegistry registry;
  private int number;

  @BeforeEach
  void start() {
    stored = new StoredData(data);
    registry = ChildRegistry.start(data, Map.of());
  }

  @AfterEach
  void stop() {
    int code = registry.stop();
    stored.requireAgreement();
    assertThat(code).isZero();
  }

  private PushClient client() {
    return registry.client();
  }

  private byte[] newBlob() {
    number++;
    return PushClient.bytes(number, 30_000);
  }

  /** Runs a request that the registry does not survive, and starts the next one. */
  private void dieAt(CrashPoint point, Runnable request) throws IOException {
    Process strace = point.arm(registry.pid(), data);
    try {
      request.run();
    } catch (UncheckedIOException e) {
      // It died before the answer.
    }
    ChildRegistry dying = registry;
    Eventually.happens("it dies before " + point.name(), () -> !dying.isAlive());
    strace.onExit().join();
    registry = ChildRegistry.start(data, Map.of());
    stored.requireAgreement();
  }

  private static String state(HttpResponse<byte[]> pulled, byte[] expected) {
    if (pulled.statusCode() == 404) {
      return ABSENT;
    }
    assertThat(pulled.statusCode()).isEqualTo(200);
    assertThat(pulled.body()).isEqualTo(expected);
    return WHOLE;
  }

  private static String shard(Digest digest) {
    return "blobs/sha256/" + digest.hex().substring(0, 2);
  }

  private void blobAtOnce(CrashPoint point, byte[] blob, String expected, TestReporter table)
      throws IOException {
    dieAt(point, () -> client().pushBlob(REPOSITORY, blob));
    String state = state(client().blob(REPOSITORY, digest(blob)), blob);
    table.publishEntry("blob at once, before " + point.name(), state);
    assertThat(state).as(point.name()).isEqualTo(expected);
    assertThat(stored.staged()).isEmpty();
    assertThat(client().pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
  }

  @Test
  void aBlobAtOnce(TestReporter table) throws IOException {
    byte[] blob = newBlob();
    blobAtOnce(CrashPoint.before("its first byte", "pwrite64", ""), blob, ABSENT, table);
    blob = newBlob();
    blobAtOnce(CrashPoint.before("its file is synced", "fsync", ""), blob, ABSENT, table);
    blob = newBlob();
    blobAtOnce(CrashPoint.before("the rename", "rename", ""), blob, ABSENT, table);
    blob = newBlob();
    blobAtOnce(
        CrashPoint.before("its folder is synced", "fsync", shard(digest(blob))),
        blob,
        ABSENT,
        table);
    for (int write : new int[] {1, 2, 9}) {
      String name = "write " + write + " to the log";
      blobAtOnce(CrashPoint.inLog(name, write), newBlob(), ABSENT, table);
    }
    blobAtOnce(CrashPoint.logSync(), newBlob(), WHOLE, table);
    blobAtOnce(CrashPoint.answer(), newBlob(), WHOLE, table);
  }

  /** Makes a session with all bytes. */
  private String upload(byte[] blob) {
    String session = client().start(REPOSITORY);
    assertThat(client().patch(session, 0, blob).statusCode()).isEqualTo(202);
    return session;
  }

  private String stateOf(String session) {
    HttpResponse<byte[]> status = client().send("GET", session);
    return status.statusCode() == 404 ? "ended" : "open, " + PushClient.received(status);
  }

  private static String staged(String session) {
    return "uploads/" + session.substring(session.lastIndexOf('/') + 1);
  }

  private void finish(
      CrashPoint point, byte[] blob, String session, String expected, TestReporter table)
      throws IOException {
    dieAt(point, () -> client().finish(session, digest(blob), NOTHING));
    String state = state(client().blob(REPOSITORY, digest(blob)), blob) + ", " + stateOf(session);
    table.publishEntry("end of an upload, before " + point.name(), state);
    assertThat(state).as(point.name()).isEqualTo(expected);
    assertThat(client().finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    assertThat(state(client().blob(REPOSITORY, digest(blob)), blob)).isEqualTo(WHOLE);
  }

  @Test
  void theEndOfAnUpload(TestReporter table) throws IOException {
    String open = "absent, open, 30000";
    String done = "whole, ended";
    byte[] blob = newBlob();
    finish(CrashPoint.inLog("it is begun", 1), blob, upload(blob), open, table);
    blob = newBlob();
    String session = upload(blob);
    finish(
        CrashPoint.before("its file is synced", "fsync", staged(session)),
        blob,
        session,
        open,
        table);
    blob = newBlob();
    finish(CrashPoint.inLog("it is sealed", 5), blob, upload(blob), open, table);
    blob = newBlob();
    finish(CrashPoint.before("the rename", "rename", ""), blob, upload(blob), done, table);
    blob = newBlob();
    finish(
        CrashPoint.before("its folder is synced", "fsync", shard(digest(blob))),
        blob,
        upload(blob),
        done,
        table);
    blob = newBlob();
    finish(CrashPoint.inLog("it is named", 11), blob, upload(blob), done, table);
    blob = newBlob();
    finish(CrashPoint.logSync(), blob, upload(blob), done, table);
    blob = newBlob();
    finish(CrashPoint.answer(), blob, upload(blob), done, table);
  }

  private void patch(CrashPoint point, String session, String expected, TestReporter table)
      throws IOException {
    byte[] blob = PushClient.bytes(number, 30_000);
    dieAt(point, () -> client().patch(session, 0, blob));
    String state = stateOf(session);
    table.publishEntry("chunk, before " + point.name(), state);
    assertThat(state).as(point.name()).isEqualTo(expected);
  }

  @Test
  void aChunk(TestReporter table) throws IOException {
    String nothing = "open, 1";
    String all = "open, 30000";
    patch(CrashPoint.inLog("it is begun", 1), client().start(REPOSITORY), nothing, table);
    String session = client().start(REPOSITORY);
    patch(CrashPoint.before("its bytes", "pwrite64", staged(session)), session, nothing, table);
    patch(CrashPoint.inLog("its end is noted", 5), client().start(REPOSITORY), all, table);
    patch(CrashPoint.answer(), client().start(REPOSITORY), all, table);
  }

  private void cancel(CrashPoint point, String session, String expected, TestReporter table)
      throws IOException {
    dieAt(point, () -> client().send("DELETE", session));
    String state = stateOf(session);
    table.publishEntry("cancel, before " + point.name(), state);
    assertThat(state).as(point.name()).isEqualTo(expected);
    if (state.equals("ended")) {
      assertThat(stored.staged()).doesNotContain(staged(session).substring("uploads/".length()));
    }
  }

  @Test
  void aCancel(TestReporter table) throws IOException {
    cancel(CrashPoint.inLog("it is noted", 1), upload(newBlob()), "open, 30000", table);
    String session = upload(newBlob());
    cancel(
        CrashPoint.before("its file is deleted", "unlink", staged(session)),
        session,
        "ended",
        table);
    cancel(CrashPoint.answer(), upload(newBlob()), "ended", table);
  }

  private byte[] newManifest() {
    byte[] blob = newBlob();
    assertThat(client().pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    return PushClient.manifest(blob, blob);
  }

  private void manifest(
      CrashPoint point, String tag, byte[] manifest, String expected, TestReporter table)
      throws IOException {
    quiet();
    dieAt(point, () -> client().pushManifest(REPOSITORY, tag, manifest));
    String state = state(client().send("GET", path(tag)), manifest);
    table.publishEntry("manifest, before " + point.name(), state);
    assertThat(state).as(point.name()).isEqualTo(expected);
    assertThat(state(client().send("GET", path(digest(manifest).text())), manifest))
        .isEqualTo(expected);
    quiet();
    stored.requireAgreement();
  }

  /** Waits until nothing but requests writes. */
  private void quiet() {
    Eventually.happens(
        "every change is copied",
        () ->
            stored
                .query(
                    "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery"
                        + " UNION ALL SELECT 1 FROM copy_due")
                .isEmpty());
  }

  private static String path(String reference) {
    return "/v2/" + REPOSITORY + "/manifests/" + reference;
  }

  @Test
  void aManifest(TestReporter table) throws IOException {
    manifest(CrashPoint.inLog("write 1 to the log", 1), "t1", newManifest(), ABSENT, table);
    manifest(CrashPoint.inLog("write 6 to the log", 6), "t2", newManifest(), ABSENT, table);
    manifest(CrashPoint.logSync(), "t3", newManifest(), WHOLE, table);
    manifest(CrashPoint.answer(), "t4", newManifest(), WHOLE, table);
    byte[] manifest = newManifest();
    manifest(
        CrashPoint.before("a copy of it is there", "rename", ""), "t5", manifest, WHOLE, table);
    manifest(
        CrashPoint.before("the folder of its copy is synced", "fsync", "manifests/" + REPOSITORY),
        "t6",
        newManifest(),
        WHOLE,
        table);
    String tag = "tags/" + REPOSITORY + "/t6@1";
    manifest(
        CrashPoint.before("the old copy of its tag is gone", "unlink", tag),
        "t6",
        newManifest(),
        WHOLE,
        table);
  }

  private void delete(CrashPoint point, String path, int expected, TestReporter table)
      throws IOException {
    quiet();
    dieAt(point, () -> client().send("DELETE", path));
    int status = client().send("GET", path).statusCode();
    table.publishEntry(
        "delete of " + path.replaceFirst("[0-9a-f]{64}", "…") + ", before " + point.name(),
        Integer.toString(status));
    assertThat(status).as(point.name()).isEqualTo(expected);
    quiet();
    stored.requireAgreement();
  }

  @Test
  void deletes(TestReporter table) throws IOException {
    byte[] manifest = newManifest();
    assertThat(client().pushManifest(REPOSITORY, "t", manifest).statusCode()).isEqualTo(201);
    String byDigest = path(digest(manifest).text());
    delete(CrashPoint.inLog("write 2 to the log", 2), path("t"), 200, table);
    delete(CrashPoint.logSync(), path("t"), 404, table);
    delete(CrashPoint.inLog("write 2 to the log", 2), byDigest, 200, table);
    String copy = "manifests/" + REPOSITORY + "/" + digest(manifest).text();
    delete(CrashPoint.before("its copy is gone", "unlink", copy), byDigest, 404, table);
    String blob = "/v2/" + REPOSITORY + "/blobs/" + digest(PushClient.bytes(number, 30_000)).text();
    delete(CrashPoint.inLog("write 2 to the log", 2), blob, 200, table);
    delete(CrashPoint.logSync(), blob, 404, table);
  }
}
