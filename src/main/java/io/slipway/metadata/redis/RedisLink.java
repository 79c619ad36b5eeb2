package io.slipway.metadata.redis;

import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.metadata.redis.RedisAway.Reason;
import io.slipway.runtime.ContextPromise;
import io.slipway.runtime.Durations;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a connection to Redis while it answers, and asks nothing of it while it does not.
 *
 * <p>The first silence or breach ends the connection and everything that waits on it; another one
 * is tried after a pause that grows from attempt to attempt. Thread-safe; all state but what is
 * counted belongs to one context.
 */
final class RedisLink {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  /** What may be under way; more than that does not get its answer sooner by waiting for it. */
  private static final int MOST_COMMANDS = 256;

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Context home;
  private final RedisUrl url;
  private final RedisConfig config;
  private final Request probe;
  private final Pauses pauses = new Pauses(Duration.ofMillis(100), LONGEST_PAUSE);
  private final AtomicInteger commands = new AtomicInteger();
  private final Set<Command> waiting = new HashSet<>();
  private volatile boolean up;
  private @Nullable RedisSession session;
  private @Nullable RedisConnection connection;
  private int attempts;
  private long timer = -1;
  private boolean closed;
  private boolean toldDown;

  /**
   * Takes its parts.
   *
   * @param probe what is asked to see whether a new connection is good for anything
   */
  RedisLink(Vertx vertx, RedisUrl url, RedisConfig config, Request probe) {
    this.vertx = vertx;
    this.home = vertx.getOrCreateContext();
    this.url = url;
    this.config = config;
    this.probe = probe;
  }

  /** Begins to connect; whether there is a Redis is seen later. */
  void start() {
    home.runOnContext(ignored -> attempt());
  }

  /** Tells whether there is a connection that was good a moment ago. */
  boolean isUp() {
    return up;
  }

  /**
   * Sends a command; fails with {@link RedisAway}, at once if there is no connection, or with the
   * error that Redis answered.
   *
   * @param patience how long an answer may take
   * @param fatal which errors, by their first word, are a reason to look for another server
   */
  Future<Optional<Response>> send(Request request, Duration patience, Predicate<String> fatal) {
    if (!up) {
      return Future.failedFuture(new RedisAway(Reason.NOT_ASKED, "there is no connection"));
    }
    if (commands.incrementAndGet() > MOST_COMMANDS) {
      commands.decrementAndGet();
      return Future.failedFuture(new RedisAway(Reason.NOT_ASKED, "too much is under way"));
    }
    Command command = new Command(request, ContextPromise.onContextOf(vertx), fatal);
    home.runOnContext(ignored -> send(command, patience));
    return command.promise.future();
  }

  private void send(Command command, Duration patience) {
    RedisConnection current = connection;
    if (!up || current == null) {
      commands.decrementAndGet();
      command.promise.fail(new RedisAway(Reason.NOT_ASKED, "there is no connection"));
      return;
    }
    waiting.add(command);
    command.timer =
        vertx.setTimer(
            patience.toMillis(),
            ignored ->
                drop(new RedisAway(Reason.SILENT, "no answer in " + Durations.format(patience))));
    current.send(command.request).onComplete(answer -> answered(command, answer));
  }

  private void answered(Command command, AsyncResult<Response> answer) {
    if (!waiting.remove(command)) {
      return;
    }
    commands.decrementAndGet();
    vertx.cancelTimer(command.timer);
    Throwable cause = answer.cause();
    if (cause == null) {
      command.promise.succeed(Optional.ofNullable(answer.result()));
    } else {
      command.promise.fail(cause);
      if (!(cause instanceof Response error)
          || error.type() != ResponseType.ERROR
          || command.fatal.test(firstWord(cause))) {
        drop(new RedisAway(Reason.FAILED, String.valueOf(cause.getMessage())));
      }
    }
  }

  /** Returns what an error of Redis begins with, OOM or READONLY for example. */
  static String firstWord(Throwable error) {
    return String.valueOf(error.getMessage()).split(" ", 2)[0];
  }

  private void attempt() {
    if (closed) {
      return;
    }
    RedisSession trial = new RedisSession(vertx, url, config);
    session = trial;
    connect(trial)
        .compose(
            made ->
                made.send(probe)
                    .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .map(ignored -> made))
        .timeout(CONNECT.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(
            made -> use(trial, made),
            cause -> {
              if (session == trial) {
                drop(new RedisAway(Reason.FAILED, String.valueOf(cause.getMessage())));
              }
            });
  }

  /** What throws, for files that cannot be read now, is a failure as any other. */
  private Future<RedisConnection> connect(RedisSession trial) {
    try {
      return trial.connect(attempts++, CONNECT);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void use(RedisSession trial, RedisConnection made) {
    if (session != trial) {
      return;
    }
    connection = made;
    made.endHandler(
        ignored -> broken(trial, new RedisAway(Reason.FAILED, "Redis closed the connection")));
    made.exceptionHandler(
        cause -> broken(trial, new RedisAway(Reason.FAILED, String.valueOf(cause.getMessage()))));
    pauses.connected();
    up = true;
    if (toldDown) {
      toldDown = false;
      LOG.info("Redis answers again");
    }
  }

  private void broken(RedisSession which, RedisAway why) {
    home.runOnContext(
        ignored -> {
          if (session == which) {
            drop(why);
          }
        });
  }

  /** Ends the connection and what waits on it, and plans another attempt. */
  private void drop(RedisAway why) {
    end(why);
    if (closed) {
      return;
    }
    Duration pause = pauses.next();
    if (!toldDown) {
      toldDown = true;
      LOG.warn(
          "tried to use Redis but {}; manifests come from the database until it answers",
          why.getMessage());
    }
    timer = vertx.setTimer(pause.toMillis(), ignored -> attempt());
  }

  private Future<Void> end(RedisAway why) {
    up = false;
    connection = null;
    List<Command> left = List.copyOf(waiting);
    waiting.clear();
    for (Command command : left) {
      commands.decrementAndGet();
      vertx.cancelTimer(command.timer);
      command.promise.fail(why);
    }
    RedisSession ended = session;
    session = null;
    return ended == null ? Future.succeededFuture() : ended.close();
  }

  /** Ends the connection for good. */
  Future<Void> close() {
    ContextPromise<Boolean> done = ContextPromise.onContextOf(vertx);
    home.runOnContext(
        ignored -> {
          closed = true;
          vertx.cancelTimer(timer);
          end(new RedisAway(Reason.NOT_ASKED, "it was closed"))
              .onComplete(ended -> done.succeed(true));
        });
    return done.future().mapEmpty();
  }

  /** A command that waits for its answer. */
  private static final class Command {
    final Request request;
    final ContextPromise<Optional<Response>> promise;
    final Predicate<String> fatal;
    long timer = -1;

    Command(Request request, ContextPromise<Optional<Response>> promise, Predicate<String> fatal) {
      this.request = request;
      this.promise = promise;
      this.fatal = fatal;
    }
  }
}
