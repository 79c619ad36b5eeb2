package io.slipway.blob.s3;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of one upload: their keys, and the steps on them that wait. */
record UploadObjects(S3Bucket bucket, S3Multiparts multiparts, String id) {
  /** Where objects of uploads lie. */
  static final String FOLDER = "uploads/";

  private static final int READ_BYTES = 4 * 1024 * 1024;

  /** Returns the key of the multipart upload, and of the object it becomes. */
  String key() {
    return FOLDER + id;
  }

  /** Returns the key of everything in one object, written in one turn only. */
  String objectKey(long epoch) {
    return key() + "." + epoch;
  }

  String pieceKey(long epoch, int number) {
    return objectKey(epoch) + "." + number;
  }

  String createMultipart() throws InterruptedException {
    return S3Failures.get(multiparts.create(key()), "begin the upload " + id);
  }

  /** Copies a piece to the end of a buffer that has room for it. */
  void read(Layout.Piece piece, PartBuffer target) throws InterruptedException {
    for (long offset = 0; offset < piece.size(); offset += READ_BYTES) {
      target.put(range(piece.key(), offset, piece.size()));
    }
  }

  private ByteBuffer range(String key, long offset, long size) throws InterruptedException {
    int length = (int) Math.min(READ_BYTES, size - offset);
    ByteBuffer bytes =
        S3Failures.get(bucket.read(key, offset, length), "read back a part of the upload " + id);
    if (bytes.remaining() != length) {
      throw new IllegalStateException(
          "expected " + length + " bytes of " + key + " but S3 sent " + bytes.remaining());
    }
    return bytes;
  }

  /** Reads an object back; fails with {@code DIGEST_INVALID} when it is another. */
  void verify(String location, long size, Digest expected) throws InterruptedException {
    DigestAlgorithm algorithm = expected.algorithm();
    MessageDigest hash = algorithm.newMessageDigest();
    for (long offset = 0; offset < size; offset += READ_BYTES) {
      hash.update(range(location, offset, size));
    }
    Digest actual = Digest.of(algorithm, hash);
    if (!actual.equals(expected)) {
      throw new RegistryException(
          ErrorCode.DIGEST_INVALID,
          "tried to store the blob as " + expected + " but its content is " + actual,
          Map.of("expected", expected.text(), "actual", actual.text()));
    }
  }

  /** Makes an object of all parts; harmless twice. */
  void complete(Layout layout) throws InterruptedException {
    String multipart = layout.multipart();
    if (multipart == null || layout.parts().isEmpty()) {
      throw gone();
    }
    try {
      multiparts.complete(key(), multipart, layout.parts()).get();
    } catch (ExecutionException e) {
      // Its answer may have been lost, now or in an earlier try.
      OptionalLong size = S3Failures.get(bucket.size(key()), "find the upload " + id);
      if (size.isPresent() && size.getAsLong() == layout.size()) {
        return;
      }
      throw S3Failures.isMissingUpload(e)
          ? gone()
          : S3Failures.rethrow(S3Failures.translate(e, "complete the upload " + id));
    }
  }

  private static RegistryException gone() {
    return new RegistryException(
        ErrorCode.BLOB_UPLOAD_UNKNOWN, "tried to finish the upload but its bytes are gone");
  }

  /**
   * Deletes every object of the upload and aborts its multipart uploads.
   *
   * @param kept a key that stays; empty for none
   */
  void delete(String kept) throws InterruptedException {
    for (MultipartUpload upload :
        S3Failures.get(multiparts.list(key()), "list the parts of the upload " + id)) {
      S3Failures.get(multiparts.abort(key(), upload.uploadId()), "abort the upload " + id);
    }
    ObjectListing listing = new ObjectListing(bucket, key());
    String after = "";
    ListObjectsV2Response page;
    do {
      page = listing.after(after);
      for (S3Object object : page.contents()) {
        after = bucket.own(object.key());
        if (!after.equals(kept)) {
          S3Failures.get(bucket.delete(after), "delete an object of the upload " + id);
        }
      }
    } while (ObjectListing.hasMore(page));
  }
}
