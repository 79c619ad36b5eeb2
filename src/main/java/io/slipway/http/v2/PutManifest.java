package io.slipway.http.v2;

import io.slipway.metadata.TagCondition;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Manifest;
import io.slipway.oci.Reference;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.repository.ManifestReceipt;
import io.slipway.repository.ManifestService;
import io.slipway.repository.ManifestUpload;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes a manifest (distribution-spec, "Pushing Manifests"). */
final class PutManifest implements Operation {
  /** The specification wants at least 10. */
  private static final int MAX_TAGS = 100;

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ManifestService manifests;
  private final BodyBudget budget;

  PutManifest(ManifestService manifests, BodyBudget budget) {
    this.manifests = manifests;
    this.budget = budget;
  }

  @Override
  public void handle(Exchange exchange) {
    RepositoryName repository = exchange.repository();
    Reference reference = exchange.reference();
    List<Tag> tags = tags(exchange, reference);
    TagCondition condition =
        EntityTags.condition(exchange.header("If-Match"), exchange.header("If-None-Match"));
    requireLength(exchange.header(V2Headers.CONTENT_LENGTH));
    String contentType = exchange.header(V2Headers.CONTENT_TYPE);
    ManifestBody body = new ManifestBody(exchange.request(), budget, PATIENCE);
    // Before the client is invited, for it may send without waiting.
    Future<Buffer> read = body.read();
    exchange.when(
        UploadRequest.invite(exchange)
            .compose(ignored -> read)
            .compose(
                content ->
                    manifests.put(
                        new ManifestUpload(
                            repository,
                            reference,
                            tags,
                            contentType,
                            content,
                            condition,
                            exchange.actor())))
            .onComplete(ignored -> body.release()),
        receipt -> created(exchange, repository, !tags.isEmpty(), receipt));
  }

  private static List<Tag> tags(Exchange exchange, Reference reference) {
    List<String> texts = exchange.query().all("tag");
    if (texts.isEmpty()) {
      return List.of();
    }
    if (texts.size() > MAX_TAGS) {
      throw new RegistryException(
          ErrorCode.URI_TOO_LONG,
          "tried to push " + texts.size() + " tags at once but at most 100 are supported",
          Map.of("limit", MAX_TAGS));
    }
    if (reference instanceof Tag) {
      throw new RegistryException(
          ErrorCode.BAD_REQUEST,
          "tried to push tags of the query but the path must then end with a digest, not with a"
              + " tag");
    }
    return texts.stream().map(Tag::parse).toList();
  }

  /** Refuses what says itself that it is too large, before it is sent. */
  private static void requireLength(@Nullable String contentLength) {
    if (contentLength == null) {
      return;
    }
    int most = Integer.toString(Manifest.MAX_BYTES).length();
    boolean tooLarge =
        contentLength.length() > most
            || (contentLength.length() == most
                && contentLength.compareTo(Integer.toString(Manifest.MAX_BYTES)) > 0);
    if (tooLarge) {
      throw ManifestBody.tooLarge();
    }
  }

  private static void created(
      Exchange exchange, RepositoryName repository, boolean tagged, ManifestReceipt receipt) {
    Digest digest = receipt.digest();
    MultiMap headers = exchange.response().headers();
    headers
        .set(
            V2Headers.LOCATION,
            exchange.location("/v2/" + repository.text() + "/manifests/" + digest.text()))
        .set(V2Headers.CONTENT_DIGEST, digest.text())
        .set(V2Headers.ETAG, BlobHeaders.entityTag(digest));
    receipt.subject().ifPresent(subject -> headers.set(V2Headers.OCI_SUBJECT, subject.text()));
    if (tagged) {
      headers.set(
          V2Headers.OCI_TAG,
          receipt.tags().stream().map(Tag::text).collect(Collectors.joining(", ")));
    }
    Replies.empty(exchange, 201);
  }
}
