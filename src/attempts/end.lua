-- Ends an attempt that was no failure. KEYS and ARGV: as it began, less the longest wait and how far the counts go; then
-- whether it was a success (1), nothing (0), or none at all and the account is to be known (2), whether the account was known when it began, and for how many milliseconds it is to be.
local now = tonumber(ARGV[1])
local success, none, was_known, known_for = ARGV[8] == '1', ARGV[8] == '2', ARGV[9] == '1', ARGV[10]
for i = 1, none and 0 or was_known and 1 or 3 do
    if success and i < 3 then
        redis.call('DEL', KEYS[i])
    elseif redis.call('EXISTS', KEYS[i]) == 1 then
        local count = redis.call('HMGET', KEYS[i], 'failures', 'at')
        local passed = math.max(0, now - tonumber(count[2]))
        local n = math.max(0, tonumber(count[1]) - passed / tonumber(ARGV[1 + 2 * i]) - 1)
        redis.call('HSET', KEYS[i], 'failures', n, 'at', now, 'open', 0)
    end
end
if success then
    redis.call('DEL', KEYS[2])
end
if success or none then
    redis.call('SET', KEYS[4], 1, 'PX', known_for)
end
return 1
