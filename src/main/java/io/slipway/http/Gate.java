package io.slipway.http;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.SocketReading;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Lets a request pass when its caller may do what it asks for, and answers it otherwise: 401 with a
 * challenge to whoever has not said who they are, or has a token that is not for this, 403 to all
 * others (RFC 9110, section 15.5). Thread-safe; called on the context of the request.
 */
public final class Gate {
  private static final CharSequence CHALLENGE = HttpHeaders.createOptimized("WWW-Authenticate");

  /** Their handlers say themselves when they want the body. */
  private static final Set<HttpMethod> WITH_BODY =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  private final Callers callers;
  private final Challenge challenge;
  private final ErrorResponder errors;

  /**
   * Makes one.
   *
   * @param callers tells who sends a request
   * @param challenge what is asked for
   * @param errors answers who may not pass
   */
  public Gate(Callers callers, Challenge challenge, ErrorResponder errors) {
    this.callers = callers;
    this.challenge = challenge;
    this.errors = errors;
  }

  /** Tells whether everybody may do everything: then nothing need be required of them. */
  public boolean isOpen() {
    return callers.areEverybody();
  }

  /** Returns the caller of a registry that asks nobody who they are. */
  public Caller everybody(HttpServerRequest request) {
    return callers.everybody(request);
  }

  /**
   * Finds the caller of a request, and goes on with them when they may do what it asks for.
   *
   * @param next called at once when nothing has to be computed; a body is only read when it asks
   *     for it. What it throws is answered
   */
  public void admit(HttpServerRequest request, Requirement requirement, Consumer<Caller> next) {
    Future<Caller> caller = callers.of(request);
    if (caller.isComplete()) {
      decide(request, requirement, caller, next);
    } else {
      hold(
          request,
          caller,
          here -> decide(request, requirement, caller, here ? next : ignored -> {}));
    }
  }

  /**
   * Keeps the body from coming while the caller is looked for. One that leaves meanwhile is not
   * served, but refused as one that stays: nobody guesses unseen.
   *
   * @param then told whether the client is still there
   */
  private static void hold(
      HttpServerRequest request, Future<Caller> caller, Consumer<Boolean> then) {
    boolean http1 = request.version() != HttpVersion.HTTP_2;
    AtomicBoolean gone = new AtomicBoolean();
    request.exceptionHandler(ignored -> gone.set(true));
    request.pause();
    if (http1) {
      SocketReading.set(request.connection(), false);
    }
    caller.onComplete(
        ignored -> {
          if (http1) {
            SocketReading.set(request.connection(), true);
          }
          then.accept(!gone.get());
          if (!gone.get() && !WITH_BODY.contains(request.method())) {
            request.resume();
          }
        });
  }

  private void decide(
      HttpServerRequest request,
      Requirement requirement,
      Future<Caller> found,
      Consumer<Caller> next) {
    if (found.failed()) {
      refuse(request, new Refusals.Attempt(Optional.empty(), "", requirement), found.cause(), "");
      return;
    }
    Caller caller = found.result();
    if (requirement.isMetBy(caller)) {
      try {
        next.accept(caller);
      } catch (RuntimeException e) {
        errors.fail(request, Refusals.Attempt.of(caller), e, ignored -> {});
      }
    } else {
      refuse(request, requirement, caller);
    }
  }

  private void refuse(HttpServerRequest request, Requirement requirement, Caller caller) {
    Refusals.Attempt attempt = new Refusals.Attempt(Optional.of(caller), "", requirement);
    if (caller.isAnonymous() || caller.byToken()) {
      refuse(request, attempt, missing(caller), caller.byToken() ? "insufficient_scope" : "");
    } else {
      errors.fail(
          request,
          attempt,
          new RegistryException(
              ErrorCode.DENIED,
              "tried to "
                  + Challenge.words(requirement)
                  + " but "
                  + caller.name()
                  + " may not do that here"),
          ignored -> {});
    }
  }

  private static RegistryException missing(Caller caller) {
    return new RegistryException(
        ErrorCode.UNAUTHORIZED,
        caller.byToken()
            ? "tried to carry out the request but the token does not allow it"
            : "tried to carry out the request but it needs credentials");
  }

  private void refuse(
      HttpServerRequest request, Refusals.Attempt attempt, Throwable cause, String error) {
    errors.fail(
        request,
        attempt,
        cause,
        headers -> {
          if (cause instanceof RegistryException refused
              && refused.code() == ErrorCode.UNAUTHORIZED) {
            headers.set(CHALLENGE, challenge.text(request, attempt.requirement(), error));
          }
        });
  }
}
