-- Called by wrk at its end: requests, bytes, microseconds, failures.
done = function(summary, latency, requests)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("report %.0f %.0f %.0f %.0f\n", summary.requests, summary.bytes, summary.duration, failed))
end
