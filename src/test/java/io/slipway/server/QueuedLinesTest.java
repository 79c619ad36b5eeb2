package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class QueuedLinesTest {
  private final LoggerContext context = new LoggerContext();

  @Test
  void writesEverythingBeforeTheEndAndAfterIt() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    QueuedLines lines = new QueuedLines(out, new TextLines(), 10_000);
    Logger logger = logger(lines);
    for (int i = 0; i < 1000; i++) {
      logger.info("line {}", i);
    }
    lines.drain();
    assertThat(out.toString(UTF_8)).contains(" line 0\n", " line 999\n").hasLineCount(1000);
    logger.info("late");
    assertThat(out.toString(UTF_8)).endsWith(" late\n");
    assertThat(lines.dropped()).isZero();
  }

  @Test
  void dropsAndCountsWhenTheStreamIsStuck() throws Exception {
    StuckStream out = new StuckStream();
    QueuedLines lines = new QueuedLines(out, new TextLines(), 10);
    Logger logger = logger(lines);
    logger.info("stuck");
    assertThat(out.reached.await(5, SECONDS)).isTrue();
    for (int i = 0; i < 30; i++) {
      logger.info("line {}", i);
    }
    assertThat(lines.dropped()).isEqualTo(20);
    out.release.countDown();
    lines.drain();
    assertThat(out.written.toString(UTF_8))
        .contains(" line 9\n", "20 log lines were dropped")
        .doesNotContain(" line 10\n");
  }

  @Test
  void keepsNobodyFromEndingWhenTheStreamIsStuckForGood() throws Exception {
    StuckStream out = new StuckStream();
    QueuedLines lines = new QueuedLines(out, new TextLines(), 10);
    Logger logger = logger(lines);
    logger.info("stuck");
    assertThat(out.reached.await(5, SECONDS)).isTrue();
    FutureTask<Boolean> end =
        new FutureTask<>(
            () -> {
              lines.drain();
              for (int i = 0; i < 100; i++) {
                logger.info("late {}", i);
              }
              return true;
            });
    Thread.ofVirtual().start(end);
    assertThat(end.get(20, SECONDS)).isTrue();
    assertThat(lines.dropped()).isEqualTo(100);
    out.release.countDown();
  }

  @Test
  void livesOnWithoutAReader() {
    QueuedLines lines =
        new QueuedLines(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            new TextLines(),
            10);
    logger(lines).info("lost");
    lines.drain();
    assertThat(lines.dropped()).isEqualTo(1);
  }

  private Logger logger(QueuedLines lines) {
    Logging.install(context, lines, Level.INFO);
    return context.getLogger("test");
  }

  /** Takes nothing until it is released. */
  private static final class StuckStream extends OutputStream {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      reached.countDown();
      boolean interrupted = false;
      while (true) {
        try {
          release.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      written.write(bytes, offset, length);
    }
  }
}
