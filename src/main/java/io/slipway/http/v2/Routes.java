package io.slipway.http.v2;

import static io.slipway.http.v2.Endpoint.BASE;
import static io.slipway.http.v2.Endpoint.BLOB;
import static io.slipway.http.v2.Endpoint.MANIFEST;
import static io.slipway.http.v2.Endpoint.REFERRERS;
import static io.slipway.http.v2.Endpoint.TAGS;
import static io.slipway.http.v2.Endpoint.UPLOAD;
import static io.slipway.http.v2.Endpoint.UPLOADS;
import static io.slipway.http.v2.Need.BEGIN_PUSH;
import static io.slipway.http.v2.Need.PULL;
import static io.slipway.http.v2.Need.PUSH;
import static io.slipway.http.v2.Need.SIGNED_IN;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertx.core.Vertx;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The table of operations: which method on which kind of path does what, and who may. */
final class Routes {
  private final Map<Endpoint, List<Route>> byEndpoint = new EnumMap<>(Endpoint.class);

  Routes(Vertx vertx, RegistryServices of) {
    FileSystem files = vertx.fileSystem();
    BodyBudget budget = BodyBudget.ofHeap();
    Operation base = new Base();
    Operation manifest = new GetManifest(of.manifests());
    Operation status = new UploadStatus(of.uploads());

    add(BASE, GET, SIGNED_IN, "base", base);
    add(BASE, HEAD, SIGNED_IN, "base", base);
    add(Endpoint.CATALOG, GET, Need.CATALOG, "catalog", new Catalog(of.listings()));
    add(TAGS, GET, PULL, "tags", new ListTags(of.listings()));
    add(REFERRERS, GET, PULL, "referrers", new ListReferrers(of.referrers()));
    add(MANIFEST, GET, PULL, "manifest.get", manifest);
    add(MANIFEST, HEAD, PULL, "manifest.head", manifest);
    add(MANIFEST, PUT, PUSH, "manifest.put", new PutManifest(of.manifests(), budget));
    add(MANIFEST, DELETE, Need.DELETE, "manifest.delete", new DeleteManifest(of.manifests()));
    add(BLOB, GET, PULL, "blob.get", new GetBlob(of.blobs(), files));
    add(BLOB, HEAD, PULL, "blob.head", new HeadBlob(of.blobs()));
    add(BLOB, DELETE, Need.DELETE, "blob.delete", new DeleteBlob(of.blobs()));
    add(UPLOADS, POST, BEGIN_PUSH, "upload.start", new StartUpload(of.uploads(), of.blobs()));
    add(UPLOAD, GET, PUSH, "upload.status", status);
    add(UPLOAD, HEAD, PUSH, "upload.status", status);
    add(UPLOAD, PATCH, PUSH, "upload.append", new PatchUpload(of.uploads()));
    add(UPLOAD, PUT, PUSH, "upload.finish", new FinishUpload(of.uploads()));
    add(UPLOAD, DELETE, PUSH, "upload.cancel", new CancelUpload(of.uploads()));
  }

  private void add(
      Endpoint endpoint, HttpMethod method, Need need, String name, Operation operation) {
    byEndpoint
        .computeIfAbsent(endpoint, ignored -> new ArrayList<>())
        .add(new Route(endpoint, method, need, name, operation));
  }

  /** Returns the operations of a kind of path; none for a path that is not known. */
  List<Route> of(Endpoint endpoint) {
    return byEndpoint.getOrDefault(endpoint, List.of());
  }
}
