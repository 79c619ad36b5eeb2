package io.slipway.auth.audit;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that was done or refused.
 *
 * @param event the same however often it is written, so that it is kept once
 * @param at when, in milliseconds since 1970; of a refusal in the clock of its node
 * @param actor who; of credentials that were wrong the name they gave, empty when there was none
 * @param address the numeric address they came from; empty of jobs and commands
 * @param action what was done ({@code tag.moved}) or wanted ({@code push})
 * @param subject what else it was done to: a tag, an account, a request; never a secret
 * @param times how often the same was refused within a few seconds
 */
public record AuditEntry(
    String event,
    long at,
    String actor,
    String address,
    String action,
    AuditOutcome outcome,
    Optional<RepositoryName> repository,
    Optional<Digest> digest,
    String subject,
    long times) {

  /** Returns the form for readers; what is not known has no field. */
  public JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("event", event)
            .put("time", Instant.ofEpochMilli(at).toString())
            .put("actor", actor)
            .put("address", address)
            .put("action", action)
            .put("outcome", outcome.text());
    repository.ifPresent(name -> json.put("repository", name.text()));
    digest.ifPresent(known -> json.put("digest", known.text()));
    return json.put("subject", subject).put("times", times);
  }
}
