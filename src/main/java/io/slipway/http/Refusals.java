package io.slipway.http;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.slipway.oci.ErrorCode;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Is told of every request that is refused because of who sent it, or how often. */
public interface Refusals {
  /** Tells nobody. */
  Refusals UNTOLD = (request, code, attempt) -> {};

  /**
   * Who wanted what.
   *
   * @param caller empty when nobody knows
   * @param name that was given with credentials which are not in the request's header; else empty
   * @param requirement what the caller must have been allowed
   */
  record Attempt(Optional<Caller> caller, String name, Requirement requirement) {
    /** Of somebody, for something, of which the header of the request tells what there is. */
    static final Attempt UNKNOWN = new Attempt(Optional.empty(), "", Requirement.Plain.NOTHING);

    /** Makes one of somebody who is known. */
    public static Attempt of(Caller caller) {
      return new Attempt(Optional.of(caller), "", Requirement.Plain.NOTHING);
    }

    /** Makes one of somebody who gave a name. */
    public static Attempt named(String name) {
      return new Attempt(Optional.empty(), name, Requirement.Plain.NOTHING);
    }
  }

  /**
   * Notes a refusal; called on the context of the request, before it is answered.
   *
   * @param code {@code UNAUTHORIZED}, {@code DENIED} or {@code TOOMANYREQUESTS}
   */
  void refused(HttpServerRequest request, ErrorCode code, Attempt attempt);
}
