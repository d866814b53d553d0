-- Sends the request bodies of a file, one a line, each thread its own share. Environment: BODIES (the file), TOKEN (an
-- access token, optional). Prints one JSON line of results.

local bodies = {}
local threads = {}

function setup(thread)
  thread:set("index", #threads)
  threads[#threads + 1] = thread
end

function init()
  for line in io.lines(os.getenv("BODIES")) do
    bodies[#bodies + 1] = line
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local token = os.getenv("TOKEN")
  if token and token ~= "" then
    wrk.headers["Authorization"] = "Bearer " .. token
  end
  -- Two threads: each takes every second line.
  position = index
  failures = 0
  first_failure = ""
end

function request()
  position = position + 2
  return wrk.format(nil, nil, nil, bodies[(position - 2) % #bodies + 1])
end

function response(status, _, body)
  if status ~= 200 or body:find('"errors":', 1, true) or body:find('"userErrors":[{', 1, true) then
    failures = failures + 1
    if first_failure == "" then
      first_failure = body:sub(1, 300)
      io.stderr:write(first_failure, "\n")
    end
  end
end

function done(summary, latency)
  local failed = 0
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("failures")
  end
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "failed": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, failed,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
