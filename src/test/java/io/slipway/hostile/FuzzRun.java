package io.slipway.hostile;

import io.slipway.hostile.HostileClient.Outcome;
import io.slipway.hostile.WireAnswers.Answer;
import io.slipway.testing.PushClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends generated cases over several connections at once, until one of them finds something. */
final class FuzzRun {
  private static final int CONNECTIONS = 48;

  /** How many findings end a run. */
  private static final int MOST_FINDINGS = Integer.getInteger("slipway.findings", 1);

  private static final int SERVED_AGAIN = 500;
  private static final Pattern UPLOAD = Pattern.compile("/blobs/uploads/([^/?]+)$");

  private final HostileClient client;
  private final int port;
  private final LongFunction<HostileCase> cases;
  private final AtomicLong next = new AtomicLong();
  private final Queue<AssertionError> findings = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<String, LongAdder> counted = new ConcurrentHashMap<>();
  private volatile String upload = "none";

  /** Takes what makes case number n. */
  FuzzRun(int port, LongFunction<HostileCase> cases) {
    this.client = new HostileClient(port);
    this.port = port;
    this.cases = cases;
  }

  /**
   * Sends cases until so many are sent or the time is over, whichever is later.
   *
   * @throws AssertionError with the case and its number
   */
  void run(long count, Duration time) throws InterruptedException {
    long first = next.get();
    long start = System.nanoTime();
    openUpload();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        threads.execute(
            () -> {
              while (findings.size() < MOST_FINDINGS
                  && (next.get() - first < count || System.nanoTime() - start < time.toNanos())) {
                step(next.getAndIncrement());
              }
            });
      }
    }
    AssertionError found = findings.poll();
    if (found != null) {
      findings.forEach(found::addSuppressed);
      throw found;
    }
  }

  private void step(long number) {
    HostileCase hostile = cases.apply(number);
    try {
      if (number % SERVED_AGAIN == 0) {
        // On a connection of its own: one that idles here the server may close as it is used again.
        FuzzContent.offer(new PushClient(port));
      }
      count(client.send(hostile, upload));
    } catch (AssertionError | RuntimeException e) {
      findings.add(
          new AssertionError(e.getMessage() + ", case " + number + ": " + hostile.text(), e));
    }
  }

  private void count(Outcome outcome) {
    for (Answer answer : outcome.answers()) {
      add(Integer.toString(answer.status()));
      openedBy(answer).ifPresent(id -> upload = id);
    }
    if (outcome.answers().isEmpty()) {
      add(outcome.reset() ? "reset" : "closed");
    }
  }

  private void openUpload() {
    String path = new PushClient(port).start("team/app");
    upload = path.substring(path.lastIndexOf('/') + 1);
  }

  private static Optional<String> openedBy(Answer answer) {
    Matcher location = UPLOAD.matcher(answer.header("location").orElse(""));
    return answer.status() == 202 && location.find()
        ? Optional.of(location.group(1))
        : Optional.empty();
  }

  private void add(String what) {
    counted.computeIfAbsent(what, ignored -> new LongAdder()).increment();
  }

  long sent() {
    return next.get();
  }

  /** Returns how often each status came; "closed" and "reset" are connections without an answer. */
  Map<String, Long> counted() {
    Map<String, Long> sums = new TreeMap<>();
    counted.forEach((what, count) -> sums.put(what, count.sum()));
    return sums;
  }
}
