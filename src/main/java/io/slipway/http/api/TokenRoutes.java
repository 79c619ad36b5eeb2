package io.slipway.http.api;

import static io.slipway.auth.Requirement.Plain.NOTHING;

import io.slipway.auth.Caller;
import io.slipway.auth.Credentials;
import io.slipway.auth.token.TokenServer;
import io.slipway.http.Callers;
import io.slipway.http.Challenge;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.Refusals;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Gives out tokens: {@code /token} as the Distribution project describes it (GET: "Token
 * Authentication Specification", POST: "Oauth2 Token Authentication"), and the keys that sign them.
 */
public final class TokenRoutes {
  private static final String PATH = "/token";

  private final Callers callers;
  private final TokenServer tokens;
  private final ErrorResponder errors;
  private final FormBody forms;

  /**
   * Takes what it needs.
   *
   * @param callers tells whose the names and passwords in forms are
   */
  public TokenRoutes(Vertx vertx, Callers callers, TokenServer tokens, ErrorResponder errors) {
    this.callers = callers;
    this.tokens = tokens;
    this.errors = errors;
    this.forms = new FormBody(vertx);
  }

  /** Adds the routes: everybody may ask, but credentials that are given must be right. */
  public void mount(GuardedRoutes routes) {
    routes.add(HttpMethod.GET, PATH, NOTHING, this::get);
    routes.add(HttpMethod.POST, PATH, NOTHING, (exchange, caller) -> post(exchange));
    routes.add(HttpMethod.GET, PATH + "/jwks", NOTHING, (exchange, caller) -> keys(exchange));
    routes.add(
        HttpMethod.GET, "/.well-known/jwks.json", NOTHING, (exchange, caller) -> keys(exchange));
  }

  private void get(RoutingContext exchange, Caller caller) {
    HttpServerRequest request = exchange.request();
    try {
      TokenQuery query = TokenQuery.parse(request.query());
      query.requireService(tokens.service());
      boolean offline = query.find("offline_token").filter("true"::equals).isPresent();
      TokenServer.Grant grant =
          tokens.give(
              caller,
              Credentials.parse(request.getHeader(HttpHeaders.AUTHORIZATION)),
              query.scopes(),
              offline);
      answer(request, body(grant).put("token", grant.access().reveal()));
    } catch (RegistryException e) {
      fail(request, Refusals.Attempt.of(caller), e);
    }
  }

  private void post(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    forms
        .read(request)
        .map(TokenQuery::ofForm)
        .onSuccess(query -> post(request, query))
        .onFailure(cause -> fail(request, Refusals.Attempt.named(""), cause));
  }

  private void post(HttpServerRequest request, TokenQuery query) {
    Future.succeededFuture(query)
        .compose(given -> grant(request, given))
        .onSuccess(grant -> answer(request, body(grant).put("scope", grant.scope())))
        .onFailure(cause -> fail(request, Refusals.Attempt.named(query.first("username")), cause));
  }

  private Future<TokenServer.Grant> grant(HttpServerRequest request, TokenQuery query) {
    query.require("service");
    query.requireService(tokens.service());
    query.require("client_id");
    String type = query.require("grant_type");
    if (type.equals("refresh_token")) {
      return tokens.refresh(Secret.of(query.require("refresh_token")), query.scopes());
    }
    if (!type.equals("password")) {
      throw TokenQuery.refused("grant_type is neither password nor refresh_token");
    }
    Credentials.Basic credentials =
        new Credentials.Basic(
            query.require("username"), Secret.of(query.find("password").orElse("")));
    boolean offline = query.find("access_type").filter("offline"::equals).isPresent();
    return callers
        .signIn(request, credentials)
        .map(caller -> tokens.give(caller, credentials, query.scopes(), offline));
  }

  private void keys(RoutingContext exchange) {
    exchange
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/jwk-set+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=60")
        .end(tokens.jwks());
  }

  private static JsonObject body(TokenServer.Grant grant) {
    JsonObject body =
        new JsonObject()
            .put("access_token", grant.access().reveal())
            .put("expires_in", grant.expiresIn().toSeconds())
            .put("issued_at", grant.issuedAt());
    grant.refresh().ifPresent(token -> body.put("refresh_token", token.reveal()));
    return body;
  }

  private static void answer(HttpServerRequest request, JsonObject body) {
    if (request.response().closed()) {
      return;
    }
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body.toBuffer());
  }

  private void fail(HttpServerRequest request, Refusals.Attempt attempt, Throwable cause) {
    errors.fail(
        request,
        attempt,
        cause,
        headers -> {
          headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
          if (cause instanceof RegistryException refused
              && refused.code() == ErrorCode.UNAUTHORIZED) {
            headers.set("WWW-Authenticate", new Challenge.Basic().text(request, NOTHING, ""));
          }
        });
  }
}
