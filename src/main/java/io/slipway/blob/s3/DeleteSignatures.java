package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore.SignedDelete;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs requests to delete, for as many objects each as the server takes. */
record DeleteSignatures(
    S3Bucket bucket, S3Clients clients, Steps steps, MultiDeleteSupport server) {
  /** What is lost when one of many requests is late is tried again in five minutes. */
  private static final int WITHOUT_MANY = 100;

  int atOnce() {
    return server.isKnown() ? PresignedMultiDelete.MOST : WITHOUT_MANY;
  }

  /** On a virtual thread only. */
  List<SignedDelete> sign(List<String> keys) throws InterruptedException {
    boolean one = keys.size() == 1 || server.isRefused();
    if (one || !keys.stream().allMatch(key -> DeletionXml.carries(bucket.full(key)))) {
      return List.copyOf(each(keys));
    }
    AwsCredentialsIdentity identity =
        S3Failures.get(clients.credentials().resolveIdentity(), "sign a deletion");
    List<SignedDelete> requests = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += PresignedMultiDelete.MOST) {
      List<String> some =
          keys.subList(from, Math.min(keys.size(), from + PresignedMultiDelete.MOST));
      requests.add(many(List.copyOf(some), identity));
    }
    return requests;
  }

  private List<PresignedDelete> each(List<String> keys) {
    return keys.stream().map(key -> PresignedDelete.of(bucket, clients, steps, key)).toList();
  }

  private PresignedMultiDelete many(List<String> keys, AwsCredentialsIdentity identity) {
    Buffer body = DeletionXml.request(keys.stream().map(bucket::full).toList());
    List<PresignedDelete> each = server.isKnown() ? List.of() : each(keys);
    SignedRequest request = new SignedRequest(request(body, identity), body);
    return new PresignedMultiDelete(keys, request, each, server, bucket, clients, steps);
  }

  /**
   * An address that is good for a minute holds a placeholder for the hash of the body, so what
   * binds it to these keys, where the server compares it, is {@code Content-MD5}. AWS wants that
   * header, and wants it signed.
   */
  private SdkHttpRequest request(Buffer body, AwsCredentialsIdentity identity) {
    SdkHttpRequest unsigned =
        address().toBuilder()
            .method(SdkHttpMethod.POST)
            .putRawQueryParameter("delete", "")
            .putHeader("Content-MD5", md5(body))
            .build();
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(identity)
                        .request(unsigned)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, bucket.config().region())
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4FamilyHttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(
                            AwsV4FamilyHttpSigner.EXPIRATION_DURATION, PresignedDelete.VALID)
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false))
            .request();
    return signed.toBuilder().putHeader("Content-Length", Integer.toString(body.length())).build();
  }

  /** Returns where the bucket is, as the SDK has it; what it signed is left out. */
  private SdkHttpRequest address() {
    return clients
        .signatures()
        .presignHeadBucket(
            head ->
                head.signatureDuration(PresignedDelete.VALID)
                    .headBucketRequest(request -> request.bucket(bucket.name())))
        .httpRequest()
        .toBuilder()
        .clearHeaders()
        .clearQueryParameters()
        .build();
  }

  /** What the protocol asks for; nothing is safe by it. */
  private static String md5(Buffer body) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("MD5").digest(body.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
