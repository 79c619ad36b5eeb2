package io.slipway.gc;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Says how long to wait for the next collection. */
public sealed interface GcSchedule {

  /**
   * Returns how long to wait from a moment on; empty when no time is ever right again.
   *
   * @param waited how long has been waited already since the last collection
   */
  Optional<Duration> delayAfter(ZonedDateTime moment, Duration waited);

  /** Returns the schedule of a configuration. */
  static GcSchedule of(GcConfig config, Duration otherwise) {
    String cron = config.schedule();
    Duration interval = config.interval();
    return cron != null
        ? new AtTimes(parse(cron))
        : new Every(interval == null ? otherwise : interval);
  }

  /** Tells whether a text has the five fields of cron. */
  static boolean isCron(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Cron parse(String text) {
    return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
        .parse(text)
        .validate();
  }

  /** At the same pace. */
  record Every(Duration interval) implements GcSchedule {
    @Override
    public Optional<Duration> delayAfter(ZonedDateTime moment, Duration waited) {
      return Optional.of(interval.minus(waited));
    }
  }

  /** At times of the calendar. */
  record AtTimes(Cron cron) implements GcSchedule {
    @Override
    public Optional<Duration> delayAfter(ZonedDateTime moment, Duration waited) {
      return ExecutionTime.forCron(cron).timeToNextExecution(moment);
    }
  }
}
