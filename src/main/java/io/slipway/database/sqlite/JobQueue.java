package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Jobs that wait for a thread of the database, in order and bounded. Thread-safe. */
final class JobQueue<J> {
  private final int limit;
  private final ArrayDeque<J> jobs = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private @Nullable String refusal;

  JobQueue(int limit) {
    this.limit = limit;
  }

  /**
   * Adds a job.
   *
   * @throws DatabaseException {@link Reason#UNAVAILABLE} when the queue is full or closed
   */
  void add(J job) {
    lock.lock();
    try {
      if (refusal != null) {
        throw new DatabaseException(Reason.UNAVAILABLE, "tried to use the database but " + refusal);
      }
      if (jobs.size() >= limit) {
        throw new DatabaseException(
            Reason.UNAVAILABLE,
            "tried to use the database but " + limit + " statements wait already");
      }
      jobs.add(job);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a job; null when the queue is closed and empty. */
  @Nullable J take() {
    lock.lock();
    try {
      while (jobs.isEmpty() && refusal == null) {
        notEmpty.awaitUninterruptibly();
      }
      return jobs.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the next job if there is one and it suits. */
  @Nullable J pollIf(Predicate<J> suits) {
    lock.lock();
    try {
      J next = jobs.peek();
      return next != null && suits.test(next) ? jobs.poll() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses further jobs; those that wait still run. */
  void close(String why) {
    lock.lock();
    try {
      refusal = refusal == null ? why : refusal;
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes every job that waits. */
  List<J> drain() {
    lock.lock();
    try {
      List<J> waiting = List.copyOf(jobs);
      jobs.clear();
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return jobs.size();
    } finally {
      lock.unlock();
    }
  }
}
