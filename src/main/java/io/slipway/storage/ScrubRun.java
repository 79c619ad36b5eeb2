package io.slipway.storage;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One scrub of a running registry: it goes on or has ended. Thread-safe. */
public final class ScrubRun {
  /** More are counted and logged. */
  private static final int MOST_LINES = 1000;

  private final String id;
  private final ScrubWish wish;
  private final Instant askedAt;
  private final Scrub scrub;
  private final List<String> lines;
  private final Future<ScrubReport> end;

  ScrubRun(
      String id,
      ScrubWish wish,
      Instant askedAt,
      Scrub scrub,
      List<String> lines,
      Future<ScrubReport> end) {
    this.id = id;
    this.wish = wish;
    this.askedAt = askedAt;
    this.scrub = scrub;
    this.lines = lines;
    this.end = end;
  }

  /** Adds a sentence while there is room. */
  static void add(List<String> lines, String line) {
    synchronized (lines) {
      if (lines.size() < MOST_LINES) {
        lines.add(line);
      }
    }
  }

  public String id() {
    return id;
  }

  public ScrubWish wish() {
    return wish;
  }

  public Instant askedAt() {
    return askedAt;
  }

  /** Returns what it has found so far, or in all. */
  public ScrubReport report() {
    return scrub.soFar();
  }

  /** Returns what it has found so far, in sentences, the first 1000. */
  public List<String> lines() {
    synchronized (lines) {
      return new ArrayList<>(lines);
    }
  }

  /** Completes with what it found when it has ended or was stopped; fails as the store does. */
  public Future<ScrubReport> end() {
    return end;
  }

  /** Tells whether somebody stopped it; the next one goes on there. */
  public boolean isStopped() {
    return scrub.isStopped();
  }

  void stop() {
    scrub.stop();
  }
}
