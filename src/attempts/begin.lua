-- Begins an attempt: tells how long to wait, or counts a failure. KEYS: the counts in their order, then what tells that the
-- account is known. ARGV: now and the longest wait in milliseconds, how far the counts go beyond what is free, then of each
-- count what is free and the milliseconds until one failure is forgotten. Gives the wait, and 1 where the account is known.
local now, longest, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('EXISTS', KEYS[4])
local concerned = known == 1 and 1 or 3
local failures, wait = {}, 0
for i = 1, concerned do
    local count = redis.call('HMGET', KEYS[i], 'failures', 'at', 'open')
    local passed = math.max(0, now - tonumber(count[2] or now))
    failures[i] = math.max(0, tonumber(count[1] or 0) - passed / tonumber(ARGV[3 + 2 * i]))
    wait = math.max(wait, math.min(longest, tonumber(count[3] or 0) - now))
end
if wait > 0 then
    return { wait, known }
end
for i = 1, concerned do
    local free, cool = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
    local n = math.min(failures[i] + 1, free + most)
    local over = math.floor(n + 0.5) - free
    local open = over < 0 and now or now + math.min(longest, 1000 * 2 ^ over)
    redis.call('HSET', KEYS[i], 'failures', n, 'at', now, 'open', string.format('%.0f', open))
    redis.call('PEXPIRE', KEYS[i], math.ceil(n * cool) + longest)
end
return { 0, known }
