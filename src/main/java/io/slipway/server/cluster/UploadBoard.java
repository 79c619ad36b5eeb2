package io.slipway.server.cluster;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.MapEvent;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryEvictedListener;
import com.hazelcast.map.listener.EntryExpiredListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.map.listener.MapClearedListener;
import com.hazelcast.map.listener.MapEvictedListener;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows all nodes how far open uploads are, and who writes them. What is there may be late, wrong
 * or missing: the database decides.
 *
 * <p>Nobody waits: what is told is written by a thread of its own, of each upload the latest only,
 * and looked up in a copy that the others' writes keep up to date. Thread-safe.
 */
final class UploadBoard {
  static final String MAP = "slipway.uploads";

  /** Raised when an old node would misread what a new one wrote; such entries are left out. */
  static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(UploadBoard.class);
  private static final long FLUSH_MILLIS = 250;

  /** Longer than the time between two signs of life of a writer, many times. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private static final int MOST_WAITING = 10_000;
  private static final int MOST_ON_THEIR_WAY = 256;
  private static final int MOST_SEEN = 100_000;

  /**
   * Where an upload is.
   *
   * @param node who writes it; empty for nobody
   * @param size how many bytes count
   */
  record Entry(String node, long size) {
    private String text() {
      return new JsonObject().put("version", VERSION).put("node", node).put("size", size).encode();
    }

    private static Optional<Entry> parse(@Nullable Object text) {
      try {
        JsonObject json = new JsonObject(String.valueOf(text));
        return Integer.valueOf(VERSION).equals(json.getValue("version"))
            ? Optional.of(new Entry(json.getString("node", ""), json.getLong("size", 0L)))
            : Optional.empty();
      } catch (RuntimeException e) {
        return Optional.empty();
      }
    }
  }

  private final WorkerExecutor worker;
  private final ConcurrentHashMap<String, Optional<Entry>> waiting = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Entry> seen = new ConcurrentHashMap<>();
  private final Semaphore onTheirWay = new Semaphore(MOST_ON_THEIR_WAY);
  private final HazelcastInstance hazelcast;
  private volatile @Nullable IMap<String, String> map;

  /** Makes one that works until its Vert.x closes. */
  UploadBoard(Vertx vertx, HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    this.worker = vertx.createSharedWorkerExecutor("slipway-cluster", 1);
    var ignored =
        worker
            .executeBlocking(this::open)
            .onFailure(cause -> LOG.warn("tried to see the uploads of other nodes but", cause));
    vertx.setPeriodic(FLUSH_MILLIS, timer -> worker.executeBlocking(this::flush));
  }

  private boolean open() {
    IMap<String, String> opened = hazelcast.getMap(MAP);
    opened.addEntryListener(new Listener(), true);
    map = opened;
    return true;
  }

  /** Tells where an upload is. */
  void tell(String id, Entry entry) {
    note(id, Optional.of(entry));
  }

  /** Tells that an upload is open no more. */
  void remove(String id) {
    note(id, Optional.empty());
  }

  private void note(String id, Optional<Entry> entry) {
    if (waiting.size() < MOST_WAITING) {
      waiting.put(id, entry);
    }
  }

  /** Returns where an upload is, as far as this node heard. */
  Optional<Entry> look(String id) {
    return Optional.ofNullable(seen.get(id));
  }

  /** Returns how many uploads this node heard of. */
  int size() {
    return seen.size();
  }

  private boolean flush() {
    IMap<String, String> open = map;
    if (open != null) {
      for (String id : waiting.keySet()) {
        if (!onTheirWay.tryAcquire()) {
          break;
        }
        Optional<Entry> entry = waiting.remove(id);
        if (entry == null) {
          onTheirWay.release();
        } else {
          send(open, id, entry);
        }
      }
    }
    return true;
  }

  private void send(IMap<String, String> open, String id, Optional<Entry> entry) {
    CompletionStage<?> sent;
    try {
      sent =
          entry.isPresent()
              ? open.setAsync(id, entry.get().text(), KEPT.toMillis(), TimeUnit.MILLISECONDS)
              : open.removeAsync(id);
    } catch (RuntimeException e) {
      // The node is on its way out.
      onTheirWay.release();
      LOG.debug("tried to tell of the upload {} but {}", id, e.toString());
      return;
    }
    sent.whenComplete(
        (ignored, failure) -> {
          onTheirWay.release();
          if (failure != null) {
            LOG.debug("tried to tell of the upload {} but {}", id, failure.toString());
          }
        });
  }

  /** Keeps the copy; on threads of Hazelcast. */
  private final class Listener
      implements EntryAddedListener<String, String>,
          EntryUpdatedListener<String, String>,
          EntryRemovedListener<String, String>,
          EntryEvictedListener<String, String>,
          EntryExpiredListener<String, String>,
          MapClearedListener,
          MapEvictedListener {
    @Override
    public void entryAdded(EntryEvent<String, String> event) {
      take(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, String> event) {
      take(event);
    }

    @Override
    public void entryRemoved(EntryEvent<String, String> event) {
      drop(event);
    }

    @Override
    public void entryEvicted(EntryEvent<String, String> event) {
      drop(event);
    }

    @Override
    public void entryExpired(EntryEvent<String, String> event) {
      drop(event);
    }

    @Override
    public void mapCleared(MapEvent event) {
      seen.clear();
    }

    @Override
    public void mapEvicted(MapEvent event) {
      seen.clear();
    }

    private void take(EntryEvent<String, String> event) {
      try {
        Object key = event.getKey();
        Object value = event.getValue();
        if (key instanceof String id && (seen.size() < MOST_SEEN || seen.containsKey(id))) {
          Entry.parse(value).ifPresent(entry -> seen.put(id, entry));
        }
      } catch (RuntimeException e) {
        // Of a stranger's class, which is not read.
        LOG.debug("left out what is told of an upload: {}", e.toString());
      }
    }

    private void drop(EntryEvent<String, String> event) {
      try {
        Object key = event.getKey();
        if (key instanceof String id) {
          seen.remove(id);
        }
      } catch (RuntimeException e) {
        LOG.debug("left out that an upload ended: {}", e.toString());
      }
    }
  }
}
