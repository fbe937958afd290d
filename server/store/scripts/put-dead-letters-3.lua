-- Keep refused items until somebody reads, mends or replays them. The same item again changes nothing.
-- KEYS[1] hash of letter id to JSON; KEYS[2] sorted set of letter ids by number; KEYS[3] hash of counters
-- ARGV[1] most letters kept; then pairs of letter id and its JSON
-- Returns { kept, dropped }: letters new in this call, oldest letters dropped for them
local kept, dropped = 0, 0
for i = 2, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) == 1 then
    local number = redis.call('HINCRBY', KEYS[3], 'number', 1)
    redis.call('ZADD', KEYS[2], number, ARGV[i])
    kept = kept + 1
  end
end
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[1])
if excess > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess - 1)) do
    redis.call('HDEL', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
    dropped = dropped + 1
  end
  redis.call('HINCRBY', KEYS[3], 'dropped', dropped)
end
redis.call('HINCRBY', KEYS[3], 'kept', kept)
return { kept, dropped }
