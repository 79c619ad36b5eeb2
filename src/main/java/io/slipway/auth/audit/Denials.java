package io.slipway.auth.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what is refused, in memory, and writes it in batches. Thread-safe.
 *
 * <p>Whoever is refused can have that happen as often as they like, so equal refusals are one entry
 * with a count, one source gets few entries, and all together get no more than fits: what is beyond
 * that is counted in a metric and told by the log.
 */
public final class Denials {
  /** Different ones between two writes. */
  static final int MOST = 1000;

  /** Different ones of one source between two writes; the others of it are one entry. */
  static final int MOST_OF_SOURCE = 20;

  private static final int BATCH = 100;
  private static final Logger LOG = LoggerFactory.getLogger(Denials.class);

  /** When it was first refused, and how often since. */
  private static final class Tally {
    private final long at;
    private long times;

    Tally(long at) {
      this.at = at;
    }
  }

  private final AuditFile file;
  private final Counter dropped;
  private final Map<AuditOutcome, Counter> counters = new EnumMap<>(AuditOutcome.class);
  private Map<Denial, Tally> gathered = new LinkedHashMap<>();
  private Map<String, Integer> ofSource = new HashMap<>();
  private List<AuditEntry> waiting = List.of();
  private long lost;

  public Denials(AuditFile file, MeterRegistry meters) {
    this.file = file;
    this.dropped = AuditFile.dropped("database", meters);
    for (AuditOutcome outcome : AuditOutcome.values()) {
      if (outcome != AuditOutcome.DONE && outcome != AuditOutcome.FAILED) {
        counters.put(
            outcome,
            Counter.builder("slipway.audit.denied")
                .description("Requests refused because of who sent them")
                .tag("outcome", outcome.text())
                .register(meters));
      }
    }
  }

  /**
   * Notes a refusal; takes about a microsecond.
   *
   * @param source whose share of the entries it is counted in: an address, or the network of one
   */
  public void add(Denial denial, String source) {
    Counter counter = counters.get(denial.outcome());
    if (counter != null) {
      counter.increment();
    }
    synchronized (this) {
      if (!count(denial, source)) {
        dropped.increment();
        lost++;
      }
    }
  }

  private boolean count(Denial denial, String source) {
    Tally known = gathered.get(denial);
    if (known == null) {
      boolean many = ofSource.getOrDefault(source, 0) >= MOST_OF_SOURCE;
      Denial kept = many ? denial.others() : denial;
      known = gathered.get(kept);
      if (known == null) {
        if (gathered.size() >= MOST) {
          return false;
        }
        known = new Tally(System.currentTimeMillis());
        gathered.put(kept, known);
        ofSource.merge(source, 1, Integer::sum);
      }
    }
    known.times++;
    return true;
  }

  /**
   * Writes some of what was gathered, and answers whether there is more; what a failure keeps from
   * being written waits, and what is refused meanwhile is gathered as before. One at a time.
   */
  public Future<Boolean> flush(AuditStore store) {
    List<AuditEntry> batch = batch();
    return batch.isEmpty()
        ? Future.succeededFuture(false)
        : store.add(batch).map(ignored -> written(batch.size()));
  }

  private synchronized List<AuditEntry> batch() {
    if (waiting.isEmpty()) {
      waiting = gathered.entrySet().stream().map(Denials::entry).toList();
      gathered = new LinkedHashMap<>();
      ofSource = new HashMap<>();
      file.add(waiting);
    }
    if (lost > 0) {
      LOG.warn(
          "{} refused requests are missing in the audit log: too many came at once, or it could"
              + " not be written",
          lost);
      lost = 0;
    }
    return new ArrayList<>(waiting.subList(0, Math.min(BATCH, waiting.size())));
  }

  private synchronized boolean written(int count) {
    waiting = List.copyOf(waiting.subList(count, waiting.size()));
    return !waiting.isEmpty();
  }

  private static AuditEntry entry(Map.Entry<Denial, Tally> gathered) {
    Denial denial = gathered.getKey();
    return new AuditEntry(
        UUID.randomUUID().toString(),
        gathered.getValue().at,
        denial.actor(),
        denial.address(),
        denial.action(),
        denial.outcome(),
        denial.repository(),
        denial.digest(),
        denial.request(),
        gathered.getValue().times);
  }
}
