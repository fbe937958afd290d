-- End a claim: the item is done, or due again later. Refused when the claim is no longer the newest one.
-- KEYS[1..3] due: items, claims, queue of the kind
-- ARGV[1] field `<kind>|<id>`; ARGV[2] id; ARGV[3] the claim's version; ARGV[4] `done` or ms from now until it is due again;
-- ARGV[5] new payload for that, empty to keep the old
-- Returns 1 settled, 0 stale claim: nothing changed
-- @include redis-time
-- @include due-work
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[3] then return 0 end
if ARGV[4] == 'done' then
  cancelDue(1, ARGV[1], ARGV[2])
  return 1
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[5]) end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], redisNowMs() + tonumber(ARGV[4]), ARGV[2])
return 1
