package io.slipway.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.slipway.database.StatementTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** The statements that the databases of this process run, from its making until it is closed. */
public final class SeenStatements extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  /** What jobs run after a change, sooner or later, whether the change was answered or not. */
  private static final Pattern OF_JOBS =
      Pattern.compile(
          "WITH taken|lease|copied|moving_|uploads/%|:now \\+ \\$|INTO audit|1 AS there"
              + "|(SELECT|DELETE) .*FROM (copy_due|statistics_change)"
              // Of the copies.
              + "|^SELECT media_type, content FROM manifest WHERE repo = \\$1 AND digest = \\$2$");

  private static final Pattern BEGINNING =
      Pattern.compile("(INSERT INTO|UPDATE|DELETE FROM) (\\w+)|(SELECT) .*?\\bFROM (\\w+)");

  /** So often is each thing done: what comes with only some of them is not theirs. */
  private static final int TIMES = 5;

  private final Logger logger = (Logger) LoggerFactory.getLogger(StatementTrace.class);
  private final Queue<String> texts = new ConcurrentLinkedQueue<>();

  public SeenStatements() {
    setContext(logger.getLoggerContext());
    start();
    logger.setLevel(Level.TRACE);
    logger.setAdditive(false);
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    texts.add(event.getFormattedMessage().replaceAll("\\s+", " ").strip());
  }

  /**
   * Does something five times and returns which statements came with each of them, in order: their
   * verbs and the first tables they name. Those of jobs are left out.
   *
   * @param action gets 0 to 4
   */
  public List<String> of(IntConsumer action) {
    return of(ignored -> {}, action);
  }

  /** Does as {@link #of(IntConsumer)}, and something before each time that does not count. */
  public List<String> of(IntConsumer before, IntConsumer action) {
    List<String> common = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      before.accept(i);
      texts.clear();
      action.accept(i);
      List<String> all = new ArrayList<>(texts);
      all.removeIf(text -> OF_JOBS.matcher(text).find());
      if (i == 0) {
        common.addAll(all);
      } else {
        common.removeIf(text -> !all.remove(text));
      }
    }
    return common.stream().map(SeenStatements::shortened).toList();
  }

  private static String shortened(String text) {
    Matcher matcher = BEGINNING.matcher(text);
    return !matcher.find()
        ? text
        : matcher.group(1) == null
            ? matcher.group(3) + " " + matcher.group(4)
            : matcher.group(1).replaceAll(" .*", "") + " " + matcher.group(2);
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(null);
    logger.setAdditive(true);
  }
}
