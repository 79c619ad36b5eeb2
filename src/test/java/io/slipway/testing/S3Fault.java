package io.slipway.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Something that goes wrong with some requests to the {@link FakeS3}. */
public final class S3Fault {
  /** What goes wrong. */
  enum Kind {
    /** 503 SlowDown. */
    SLOW_DOWN,
    /** 500 InternalError. */
    ERROR,
    /** 403 AccessDenied. */
    DENIED,
    /** 404 in plain text, of a proxy that finds no server behind it. */
    PROXY_404,
    /** 507 XMinioStorageFull. */
    FULL,
    /** The connection breaks before anything was done. */
    RESET,
    /** The connection breaks after the request was carried out. */
    LOSE_ANSWER,
    /** The connection breaks after some bytes of the answer's body. */
    BREAK_BODY,
    /** The answer's body stops after some bytes, until the fault is lifted. */
    HOLD_BODY,
    /** The bytes of the answer's body are others. */
    SPOIL_BODY,
    /** A page of a listing is empty and yet not the last; it says where the next one begins. */
    EMPTY_PAGE,
    /** A page of a listing is empty and yet not the last, and says nothing else. */
    DEAD_END,
    /** Nothing is done until the fault is lifted. */
    HOLD,
    /** There is never an answer. */
    STALL
  }

  private final Pattern requests;
  private final Kind kind;
  private final int bytes;
  private final AtomicInteger left;
  private final AtomicInteger hits = new AtomicInteger();
  private final List<Runnable> held = new ArrayList<>();
  private boolean lifted;

  S3Fault(String requests, Kind kind, int times, int bytes) {
    this.requests = Pattern.compile(requests);
    this.kind = kind;
    this.left = new AtomicInteger(times);
    this.bytes = bytes;
  }

  boolean strikes(String request) {
    if (!requests.matcher(request).find()) {
      return false;
    }
    boolean strikes = left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    if (strikes) {
      hits.incrementAndGet();
    }
    return strikes;
  }

  Kind kind() {
    return kind;
  }

  int bytes() {
    return bytes;
  }

  /** Returns how many requests it struck. */
  public int hits() {
    return hits.get();
  }

  /** Keeps what would go on, or does it when there is nothing to wait for. */
  void hold(Runnable rest) {
    synchronized (held) {
      if (!lifted) {
        held.add(rest);
        return;
      }
    }
    rest.run();
  }

  /** Lets everything go well again, also what was held. */
  public void lift() {
    left.set(0);
    List<Runnable> all;
    synchronized (held) {
      lifted = true;
      all = List.copyOf(held);
      held.clear();
    }
    all.forEach(Runnable::run);
  }
}
