package io.slipway.oci;

/**
 * The one table of errors: the code clients see, its HTTP status, its default message
 * (distribution-spec, "Error Codes").
 */
public enum ErrorCode {
  BLOB_UNKNOWN(404, "blob unknown to registry"),
  BLOB_UPLOAD_INVALID(400, "blob upload invalid"),
  BLOB_UPLOAD_UNKNOWN(404, "blob upload unknown to registry"),
  DIGEST_INVALID(400, "provided digest did not match uploaded content"),
  MANIFEST_BLOB_UNKNOWN(404, "manifest references a manifest or blob unknown to registry"),
  MANIFEST_INVALID(400, "manifest invalid"),
  MANIFEST_UNKNOWN(404, "manifest unknown to registry"),
  NAME_INVALID(400, "invalid repository name"),
  NAME_UNKNOWN(404, "repository name not known to registry"),
  SIZE_INVALID(400, "provided length did not match content length"),
  UNAUTHORIZED(401, "authentication required"),
  DENIED(403, "requested access to the resource is denied"),
  UNSUPPORTED(405, "the operation is unsupported"),
  TOOMANYREQUESTS(429, "too many requests"),

  /** A chunk that does not start where the upload ends, or that another request is writing. */
  UPLOAD_RANGE_INVALID("BLOB_UPLOAD_INVALID", 416, "chunk out of order"),
  /** A byte range that lies outside the content. */
  RANGE_INVALID(416, "requested range not satisfiable"),
  TAG_INVALID(400, "invalid tag name"),
  MANIFEST_TOO_LARGE("SIZE_INVALID", 413, "manifest too large"),
  PAGINATION_NUMBER_INVALID(400, "invalid number of results requested"),
  /** A DELETE of something a manifest still names, or with deletion switched off. */
  DELETE_REFUSED("UNSUPPORTED", 405, "the content may not be deleted"),
  PRECONDITION_FAILED(412, "the tag was moved meanwhile"),
  CONFLICT(409, "the request is at odds with what is there"),
  BAD_REQUEST("UNSUPPORTED", 400, "malformed request"),
  NOT_FOUND("UNSUPPORTED", 404, "no such endpoint"),
  URI_TOO_LONG("UNSUPPORTED", 414, "the address of the request is too long"),
  HEADERS_TOO_LARGE("UNSUPPORTED", 431, "the headers of the request are too large"),
  STORAGE_FULL(507, "not enough storage left"),
  UNAVAILABLE(503, "a dependency does not answer, try again"),
  UNKNOWN(500, "unknown error");

  private final String code;
  private final int status;
  private final String message;

  ErrorCode(int status, String message) {
    this.code = name();
    this.status = status;
    this.message = message;
  }

  ErrorCode(String code, int status, String message) {
    this.code = code;
    this.status = status;
    this.message = message;
  }

  /** Returns the code as it stands in the answer; some errors share one. */
  public String code() {
    return code;
  }

  /** Returns the HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** Returns the sentence used when nothing better is known. */
  public String message() {
    return message;
  }
}
