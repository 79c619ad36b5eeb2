package io.slipway.http;

import io.slipway.auth.AccessKeys;
import io.slipway.auth.Caller;
import io.slipway.auth.ClientNetwork;
import io.slipway.auth.Credentials;
import io.slipway.auth.Permission;
import io.slipway.auth.Requirement;
import io.slipway.auth.audit.AuditOutcome;
import io.slipway.auth.audit.Denial;
import io.slipway.auth.audit.Denials;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Objects;

/** Tells the audit log of refusals. Thread-safe. */
public final class AuditedRefusals implements Refusals {
  private final Denials denials;
  private final ClientAddress addresses;

  public AuditedRefusals(ClientAddress addresses, Denials denials) {
    this.denials = denials;
    this.addresses = addresses;
  }

  @Override
  public void refused(HttpServerRequest request, ErrorCode code, Attempt attempt) {
    String path = Objects.requireNonNullElse(request.path(), "-");
    String address = addresses.of(request);
    denials.add(
        new Denial(
            attempt.caller().map(Caller::name).orElseGet(() -> given(request, attempt)),
            address,
            action(attempt.requirement()),
            outcome(code, attempt),
            attempt.requirement().within(),
            Digest.find(path.substring(path.lastIndexOf('/') + 1)),
            // Without the query, which may hold a credential.
            request.method().name() + " " + path),
        ClientNetwork.of(address));
  }

  private static AuditOutcome outcome(ErrorCode code, Attempt attempt) {
    return switch (code) {
      case DENIED -> AuditOutcome.DENIED;
      case TOOMANYREQUESTS -> AuditOutcome.LIMITED;
      default ->
          attempt
              .caller()
              .map(
                  known -> known.isAnonymous() ? AuditOutcome.UNAUTHENTICATED : AuditOutcome.DENIED)
              .orElse(AuditOutcome.LOGIN_FAILED);
    };
  }

  /** Returns the name of credentials, whoever it was that gave it. */
  private static String given(HttpServerRequest request, Attempt attempt) {
    String name = attempt.name().isEmpty() ? inHeader(request) : attempt.name();
    // What stands in the wrong field is secret all the same.
    return AccessKeys.isLikeOne(name) || name.startsWith("eyJ") ? "(a key or token)" : name;
  }

  private static String inHeader(HttpServerRequest request) {
    List<String> headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    try {
      return headers.size() == 1
              && Credentials.parse(headers.getFirst()) instanceof Credentials.Basic basic
          ? basic.name()
          : "";
    } catch (RegistryException e) {
      return "";
    }
  }

  private static String action(Requirement requirement) {
    return switch (requirement) {
      case Requirement.InRepository in -> in.permission().text();
      case Requirement.Mount ignored -> Permission.PUSH.text();
      case Requirement.Plain.CATALOG -> "catalog";
      default -> "request";
    };
  }
}
