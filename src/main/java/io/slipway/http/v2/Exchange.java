package io.slipway.http.v2;

import io.slipway.auth.Caller;
import io.slipway.event.Actor;
import io.slipway.http.ErrorResponder;
import io.slipway.http.PublicAddress;
import io.slipway.http.Refusals;
import io.slipway.http.RequestQuery;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, with the parts of the request read as values. Belongs to the context
 * of the request.
 */
final class Exchange {
  private final HttpServerRequest request;
  private final V2Path path;
  private final ErrorResponder errors;
  private final PublicAddress address;
  private final Caller caller;
  private @Nullable RepositoryName repository;
  private @Nullable RequestQuery query;

  /**
   * Takes a request.
   *
   * @param repository of the path, where it was read already
   */
  Exchange(
      HttpServerRequest request,
      V2Path path,
      ErrorResponder errors,
      PublicAddress address,
      Caller caller,
      @Nullable RepositoryName repository) {
    this.request = request;
    this.path = path;
    this.errors = errors;
    this.address = address;
    this.caller = caller;
    this.repository = repository;
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  /** Returns who asks, and may do what this operation needs. */
  Caller caller() {
    return caller;
  }

  Actor actor() {
    return caller.actor();
  }

  /** Returns the repository; throws {@code NAME_INVALID}. */
  RepositoryName repository() {
    RepositoryName parsed = repository;
    if (parsed == null) {
      parsed = RepositoryName.parse(path.name());
      repository = parsed;
    }
    return parsed;
  }

  /** Returns the digest at the end of the path; throws {@code DIGEST_INVALID}. */
  Digest digest() {
    return Digest.parse(path.item());
  }

  /** Returns the tag or digest at the end of the path; throws. */
  Reference reference() {
    return Reference.parse(path.item());
  }

  /** Returns the last element of the path, unchecked. */
  String item() {
    return path.item();
  }

  /** Returns the query; throws when it is malformed or too long. */
  RequestQuery query() {
    RequestQuery parsed = query;
    if (parsed == null) {
      parsed = RequestQuery.parse(request.query());
      query = parsed;
    }
    return parsed;
  }

  @Nullable String header(CharSequence name) {
    return request.getHeader(name);
  }

  /** Returns the address of a path of this registry, as the client reaches it. */
  String location(String absolutePath) {
    return address.base(request) + absolutePath;
  }

  String blobLocation(RepositoryName repository, Digest digest) {
    return location("/v2/" + repository.text() + "/blobs/" + digest.text());
  }

  /** Returns the value of a Link header that leads to the next page. */
  String nextPage(String absolutePath, String query) {
    return "<" + address.pathPrefix() + absolutePath + "?" + query + ">; rel=\"next\"";
  }

  /** Calls one of two when a future completes; what they throw becomes the answer too. */
  <T> void when(Future<T> future, Consumer<T> success, Consumer<Throwable> failure) {
    future.onComplete(
        result -> {
          try {
            success.accept(result);
          } catch (RuntimeException e) {
            fail(e);
          }
        },
        cause -> {
          try {
            failure.accept(cause);
          } catch (RuntimeException e) {
            fail(e);
          }
        });
  }

  /** Answers with the result of a future, or its failure. */
  <T> void when(Future<T> future, Consumer<T> success) {
    when(future, success, this::fail);
  }

  void fail(Throwable failure) {
    fail(failure, ignored -> {});
  }

  void fail(Throwable failure, Consumer<MultiMap> headers) {
    errors.fail(request, Refusals.Attempt.of(caller), failure, headers);
  }

  /** Drops the rest of the body when it is answered without being read. */
  void dropBody() {
    errors.dropBody(request);
  }
}
