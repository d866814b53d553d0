-- Takes points out of all of these buckets, or out of none. Of each bucket it is known when it will be full, in
-- microseconds since 2026; one that is full is not kept. For each: what the points are worth, and what is missing in an
-- empty one, both in microseconds. Gives 1 or 0 for whether they were taken, then what is missing in each bucket now.
local time = redis.call('TIME')
local now = (time[1] - 1767225600) * 1000000 + time[2]
local granted = 1
local missing = {}
for i, key in ipairs(KEYS) do
    local worth, most = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    missing[i] = math.max(0, (tonumber(redis.call('GET', key)) or 0) - now)
    if missing[i] + math.min(worth, most) > most then
        granted = 0
    end
end
if granted == 1 then
    for i, key in ipairs(KEYS) do
        missing[i] = missing[i] + tonumber(ARGV[2 * i - 1])
        if missing[i] > 0 then
            redis.call('SET', key, string.format('%.0f', now + missing[i]), 'PX', math.ceil(missing[i] / 1000))
        end
    end
end
local answer = { granted }
for i = 1, #missing do
    answer[i + 1] = missing[i]
end
return answer
