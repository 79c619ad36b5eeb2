package io.slipway.http;

import io.slipway.auth.Authenticator;
import io.slipway.auth.Caller;
import io.slipway.auth.Credentials;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells who sends a request: by its {@code Authorization}, or by the certificate of its client when
 * it has none. Thread-safe.
 */
public final class Callers {
  private final @Nullable Authenticator authenticator;
  private final ClientAddress addresses;
  private final ClientCertificate certificates;
  private final RateLimits limits;

  /**
   * Makes one.
   *
   * @param authenticator null takes everybody for somebody who may do everything
   * @param addresses tells where they send it from
   * @param limits told the name of everybody who signed in
   */
  public Callers(
      @Nullable Authenticator authenticator,
      HttpConfig config,
      ClientAddress addresses,
      RateLimits limits) {
    this.authenticator = authenticator;
    this.addresses = addresses;
    this.certificates = new ClientCertificate(config.tls());
    this.limits = limits;
  }

  /** Tells whether nobody is asked who they are. */
  boolean areEverybody() {
    return authenticator == null;
  }

  /** Returns the caller of a registry that asks nobody who they are. */
  Caller everybody(HttpServerRequest request) {
    return Caller.everybody(addresses.of(request));
  }

  /**
   * Finds the caller of a request; complete at once when nothing has to be computed. Fails with
   * {@code UNAUTHORIZED} or {@code TOOMANYREQUESTS}.
   */
  Future<Caller> of(HttpServerRequest request) {
    if (authenticator == null) {
      return Future.succeededFuture(everybody(request));
    }
    try {
      Future<Caller> caller = find(authenticator, request, addresses.of(request));
      return caller.succeeded()
          ? Future.succeededFuture(admitted(caller.result()))
          : caller.map(this::admitted);
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * Finds the caller of a request whose credentials are not in its header; fails as {@link #of}.
   */
  public Future<Caller> signIn(HttpServerRequest request, Credentials.Basic credentials) {
    return authenticator == null
        ? Future.succeededFuture(everybody(request))
        : authenticator.identify(credentials, addresses.of(request)).map(this::admitted);
  }

  private Future<Caller> find(Authenticator asked, HttpServerRequest request, String address) {
    List<String> headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() > 1) {
      throw new RegistryException(
          ErrorCode.UNAUTHORIZED, "tried to read the credentials but there are several");
    }
    Credentials credentials = Credentials.parse(headers.isEmpty() ? null : headers.getFirst());
    Optional<String> certified =
        credentials instanceof Credentials.None ? certificates.name(request) : Optional.empty();
    return certified.isPresent()
        ? asked.vouchedFor(certified.get(), address)
        : asked.identify(credentials, address);
  }

  private Caller admitted(Caller caller) {
    if (!caller.isAnonymous()) {
      limits.admit(caller.name());
    }
    return caller;
  }
}
