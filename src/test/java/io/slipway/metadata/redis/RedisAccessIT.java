package io.slipway.metadata.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.RedisServer;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;

/** Passwords, rights, databases and TLS. */
@OneProfile("of Redis, without a registry")
class RedisAccessIT {
  private static final String TEXT = "{\"a\":1}";
  private static final String PASSWORD = "p@ss/w:rd+%";
  private static final String WRITTEN = "p%40ss%2Fw%3Ard+%25";

  @TempDir Path folder;

  @Test
  void passwordOfTheUrl() {
    try (RedisServer server = RedisServer.start("requirepass " + PASSWORD)) {
      assertWorks("redis://:" + WRITTEN + "@" + server.host());
    }
  }

  @Test
  void passwordBesideTheUrl() {
    try (RedisServer server = RedisServer.start("requirepass " + PASSWORD)) {
      assertWorks("redis://" + server.host(), "password", PASSWORD);
    }
  }

  /** The rights that the documentation says are enough. */
  @Test
  void userWithFewRights() {
    try (RedisServer server =
        RedisServer.start(
            "user slipway on >"
                + PASSWORD
                + " ~slipway:manifest:* -@all +getrange +set +del +select",
            "user default on >operator ~* +@all")) {
      assertWorks("redis://slipway:" + WRITTEN + "@" + server.host() + "/2");
    }
  }

  @Test
  void userWhoMayNotWriteFinds() {
    try (RedisServer server =
        RedisServer.start(
            "user reader on >secret ~slipway:* -@all +getrange",
            "user default on nopass ~* +@all")) {
      assertWorks("redis://" + server.host());
      try (RedisFixture reader = new RedisFixture("redis://reader:secret@" + server.host())) {
        reader.awaitUp().remember("{}");
        assertThat(reader.writes("error")).isEqualTo(1);
        assertThat(reader.find(TEXT)).contains(TEXT);
      }
    }
  }

  @Test
  void wrongPasswordCostsOnlySpeedAndIsNotTold() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
    logger.addAppender(lines);
    lines.start();
    try (RedisServer server = RedisServer.start("requirepass right");
        RedisFixture redis = new RedisFixture("redis://:" + WRITTEN + "@" + server.host())) {
      Eventually.happens("it is told", () -> !lines.list.isEmpty());
      assertThat(redis.find(TEXT)).isEmpty();
      assertThat(redis.reads("skipped")).isEqualTo(1);
      assertThat(redis.isUp()).isFalse();
      try (Jedis operator = server.client()) {
        operator.auth("right");
        operator.configSet("requirepass", PASSWORD);
        redis.awaitUp();
      }
      assertThat(List.copyOf(lines.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains("p@ss") || line.contains("p%40"))
          .first()
          .asString()
          .contains("WRONGPASS");
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void numberOfTheDatabase() {
    try (RedisServer server = RedisServer.start();
        Jedis operator = server.client()) {
      assertWorks("redis://" + server.host() + "/3");
      assertThat(operator.dbSize()).isZero();
      operator.select(3);
      assertThat(operator.dbSize()).isEqualTo(1);
    }
  }

  @Test
  void tlsWithTheRightAuthority() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "localhost");
    try (RedisServer server = encrypted(certificate, "tls-auth-clients no")) {
      String authority = certificate.certificate().toString();
      assertWorks("rediss://localhost:" + server.port(), "authority", authority);
      assertWorks("rediss://" + server.host(), "authority", authority, "verify_host", "false");
    }
  }

  @Test
  void tlsWithOurCertificate() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "localhost");
    String authority = certificate.certificate().toString();
    try (RedisServer server = encrypted(certificate, "tls-ca-cert-file " + authority)) {
      assertWorks(
          "rediss://localhost:" + server.port(),
          "authority",
          authority,
          "tls.certificate",
          authority,
          "tls.key",
          certificate.key().toString());
      assertRefused("rediss://localhost:" + server.port(), "authority", authority);
    }
  }

  /** As of a secret that is being replaced. */
  @Test
  void keyThatCannotBeReadForAMoment() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "localhost");
    String authority = certificate.certificate().toString();
    Path key = Files.copy(certificate.key(), folder.resolve("ours.key"));
    RedisConfig config =
        RedisFixture.config(
            "authority", authority, "tls.certificate", authority, "tls.key", key.toString());
    Files.delete(key);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
    logger.addAppender(lines);
    lines.start();
    Vertx vertx = Vertx.vertx();
    try (RedisServer server = encrypted(certificate, "tls-ca-cert-file " + authority)) {
      RedisUrl url = RedisUrl.parse("rediss://localhost:" + server.port());
      RedisLink link = new RedisLink(vertx, url, config, Request.cmd(Command.PING));
      link.start();
      Eventually.happens("the failure is told", () -> !lines.list.isEmpty());
      assertThat(lines.list.getFirst().getFormattedMessage()).contains("ours.key");
      Files.copy(certificate.key(), key);
      Eventually.happens("Redis is used", link::isUp);
      RedisFixture.get(link.close());
    } finally {
      logger.detachAppender(lines);
      RedisFixture.get(vertx.close());
    }
  }

  @Test
  void tlsOfSomebodyElseIsRefused() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "localhost");
    Path other = Files.createDirectory(folder.resolve("other"));
    String foreign = TestCertificate.make(other, "localhost").certificate().toString();
    try (RedisServer server = encrypted(certificate, "tls-auth-clients no")) {
      assertRefused("rediss://localhost:" + server.port(), "authority", foreign);
      assertRefused("rediss://localhost:" + server.port());
      String right = certificate.certificate().toString();
      // The certificate is for the name, not for the address.
      assertRefused("rediss://" + server.host(), "authority", right);
    }
  }

  @Test
  void filesThatAreMissingAreToldAtTheStart() {
    assertThatThrownBy(() -> new RedisFixture("rediss://localhost", "authority", "/none.pem"))
        .hasMessageContaining("/none.pem");
  }

  private static RedisServer encrypted(TestCertificate certificate, String setting) {
    return RedisServer.start(
        "tls-cert-file " + certificate.certificate(), "tls-key-file " + certificate.key(), setting);
  }

  private static void assertWorks(String url, String... settings) {
    try (RedisFixture redis = new RedisFixture(url, settings).awaitUp()) {
      redis.remember(TEXT);
      assertThat(redis.find(TEXT)).contains(TEXT);
    }
  }

  private static void assertRefused(String url, String... settings) {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
    logger.addAppender(lines);
    lines.start();
    try (RedisFixture redis = new RedisFixture(url, settings)) {
      Eventually.happens("the failure is told", () -> !lines.list.isEmpty());
      assertThat(redis.isUp()).isFalse();
      assertThat(redis.find(TEXT)).isEmpty();
    } finally {
      logger.detachAppender(lines);
    }
  }
}
