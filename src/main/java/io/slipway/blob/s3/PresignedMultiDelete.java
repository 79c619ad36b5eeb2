package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.blob.s3.DeletionXml.Result;
import io.slipway.blob.s3.SignedRequest.Answer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import javax.xml.stream.XMLStreamException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes many objects by one request, signed before like a {@link PresignedDelete}. Until it is
 * known that the server does that, each object has a request of its own besides, for what the one
 * was refused: this is how it gets known.
 *
 * @param keys of which there are at most {@link #MOST}
 * @param each a request for each key, or none
 */
record PresignedMultiDelete(
    List<String> keys,
    SignedRequest request,
    List<PresignedDelete> each,
    MultiDeleteSupport server,
    S3Bucket bucket,
    S3Clients clients,
    Steps steps)
    implements SignedDelete {
  private static final Logger LOG = LoggerFactory.getLogger(PresignedMultiDelete.class);

  /** What S3 takes in a request. */
  static final int MOST = 1000;

  /** Whether the server carried the request out, would later, or does not do such a thing. */
  private enum Verdict {
    DONE,
    LATER,
    REFUSED
  }

  /**
   * What came of it.
   *
   * @param reason why something did not work, for people
   */
  private record Outcome(Verdict verdict, List<String> gone, String reason) {
    Outcome(Verdict verdict, String reason) {
      this(verdict, List.of(), reason);
    }
  }

  @Override
  public Future<List<String>> send() {
    return steps.one(this::delete);
  }

  private List<String> delete() throws InterruptedException {
    Outcome outcome = deleteAll();
    if (outcome.verdict() == Verdict.DONE) {
      server.worked();
    } else if (outcome.verdict() == Verdict.REFUSED) {
      server.failed();
    }
    List<String> gone =
        outcome.verdict() == Verdict.REFUSED ? deleteEach(outcome.reason()) : outcome.gone();
    if (gone.size() < keys.size()) {
      LOG.warn(
          "tried to delete {} objects but {} are left: {}",
          keys.size(),
          keys.size() - gone.size(),
          outcome.reason());
    }
    return gone;
  }

  private List<String> deleteEach(String reason) throws InterruptedException {
    List<String> gone = new ArrayList<>();
    for (PresignedDelete one : each) {
      if (one.delete()) {
        gone.add(one.key());
        server.refused(reason);
      }
    }
    return gone;
  }

  private Outcome deleteAll() throws InterruptedException {
    Answer answer;
    try {
      answer = request.send(clients);
    } catch (ExecutionException e) {
      return new Outcome(Verdict.LATER, String.valueOf(S3Failures.cause(e).getMessage()));
    }
    if (answer.status() == 200) {
      return read(answer.body());
    }
    boolean busy = answer.status() == 429 || (answer.status() >= 500 && answer.status() != 501);
    return new Outcome(busy ? Verdict.LATER : Verdict.REFUSED, said("" + answer.status()));
  }

  /** Believes nothing but what is said of a key that was asked for. */
  private Outcome read(Buffer answer) {
    Result result;
    try {
      result = DeletionXml.result(answer);
    } catch (XMLStreamException e) {
      return new Outcome(Verdict.REFUSED, said("no result: " + e.getMessage()));
    }
    Set<String> deleted = new HashSet<>(result.deleted());
    List<String> gone = keys.stream().filter(key -> deleted.contains(bucket.full(key))).toList();
    Verdict none = result.busy() ? Verdict.LATER : Verdict.REFUSED;
    return new Outcome(gone.isEmpty() ? none : Verdict.DONE, gone, said(result.reason()));
  }

  private static String said(String what) {
    return "S3 answered " + what;
  }
}
