package io.slipway.blob.s3;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of an upload lie: first parts, then pieces, then the tail; or all in one object.
 *
 * @param multipart id of the multipart upload; null as long as there is no part
 * @param partSize bytes of every part but the last, fixed with the multipart upload
 * @param pieces objects that together fill no part
 * @param tail the last bytes, kept in the session's row
 * @param object key of the only object; null when there are parts, or the upload is not synced
 * @param unverified whether the digest is still to be verified when it is published
 * @param littered whether objects or multipart uploads may exist that nothing here names
 */
record Layout(
    @Nullable String multipart,
    long partSize,
    List<Part> parts,
    List<Piece> pieces,
    Buffer tail,
    @Nullable String object,
    long objectSize,
    boolean unverified,
    boolean littered) {

  /** A part; its tag is what S3 answered. */
  record Part(int number, String tag, long size) {}

  /** An object of bytes that did not fill a part. */
  record Piece(String key, long size) {}

  private static final Buffer NO_TAIL = Buffer.buffer();

  static Layout empty(long partSize) {
    return new Layout(null, partSize, List.of(), List.of(), NO_TAIL, null, 0, false, false);
  }

  /** Says which multipart upload there is, if any, and how large parts are. */
  Layout shaped(@Nullable String id, long newPartSize) {
    return new Layout(
        id, newPartSize, parts, pieces, tail, object, objectSize, unverified, littered);
  }

  /** Adds a part made of the pieces, the tail and what came after them. */
  Layout withPart(Part part) {
    boolean others = littered || object != null || !pieces.isEmpty();
    return new Layout(
        multipart, partSize, plus(parts, part), List.of(), NO_TAIL, null, 0, unverified, others);
  }

  /** Adds a piece that begins with the tail. */
  Layout withPiece(Piece piece) {
    Layout open = reopened();
    return new Layout(
        multipart,
        partSize,
        parts,
        plus(open.pieces, piece),
        NO_TAIL,
        null,
        0,
        unverified,
        littered);
  }

  Layout withTail(Buffer newTail) {
    Layout open = reopened();
    return new Layout(
        multipart, partSize, parts, open.pieces, newTail, null, 0, unverified, littered);
  }

  /** Says that everything is in one object. */
  Layout withObject(String key, long size) {
    boolean others = pieces.stream().anyMatch(piece -> !piece.key().equals(key));
    return new Layout(
        null, partSize, List.of(), List.of(), NO_TAIL, key, size, unverified, littered || others);
  }

  /** Makes of the only object a piece, so that bytes can be added. */
  Layout reopened() {
    String key = object;
    return key == null
        ? this
        : new Layout(
            null,
            partSize,
            List.of(),
            List.of(new Piece(key, objectSize)),
            NO_TAIL,
            null,
            0,
            unverified,
            littered);
  }

  Layout asUnverified() {
    return new Layout(multipart, partSize, parts, pieces, tail, object, objectSize, true, littered);
  }

  Layout asLittered() {
    return new Layout(
        multipart, partSize, parts, pieces, tail, object, objectSize, unverified, true);
  }

  /** Tells whether its last part is shorter than the others, after which no other can come. */
  boolean isClosed() {
    return !parts.isEmpty() && parts.getLast().size() < partSize;
  }

  long pieceBytes() {
    return pieces.stream().mapToLong(Piece::size).sum();
  }

  long size() {
    return object != null
        ? objectSize
        : parts.stream().mapToLong(Part::size).sum() + pieceBytes() + tail.length();
  }

  private static <T> List<T> plus(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list.size() + 1);
    longer.addAll(list);
    longer.add(last);
    return List.copyOf(longer);
  }

  JsonObject toJson() {
    JsonArray partList = new JsonArray();
    parts.forEach(part -> partList.add(part.number()).add(part.tag()).add(part.size()));
    JsonArray pieceList = new JsonArray();
    pieces.forEach(piece -> pieceList.add(piece.key()).add(piece.size()));
    return new JsonObject()
        .put("multipart", multipart)
        .put("part_size", partSize)
        .put("parts", partList)
        .put("pieces", pieceList)
        .put("tail", tail.getBytes())
        .put("object", object)
        .put("object_size", objectSize)
        .put("unverified", unverified)
        .put("littered", littered);
  }

  static Layout fromJson(JsonObject json) {
    List<Part> parts = new ArrayList<>();
    JsonArray partList = json.getJsonArray("parts");
    for (int i = 0; i < partList.size(); i += 3) {
      parts.add(
          new Part(partList.getInteger(i), partList.getString(i + 1), partList.getLong(i + 2)));
    }
    List<Piece> pieces = new ArrayList<>();
    JsonArray pieceList = json.getJsonArray("pieces");
    for (int i = 0; i < pieceList.size(); i += 2) {
      pieces.add(new Piece(pieceList.getString(i), pieceList.getLong(i + 1)));
    }
    return new Layout(
        json.getString("multipart"),
        json.getLong("part_size"),
        List.copyOf(parts),
        List.copyOf(pieces),
        Buffer.buffer(json.getBinary("tail")),
        json.getString("object"),
        json.getLong("object_size"),
        json.getBoolean("unverified"),
        json.getBoolean("littered"));
  }
}
