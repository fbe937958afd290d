-- Elect the one screen of a room that may be heard, or renew it. It stays while it is renewed; when it is gone, whoever asks next
-- is elected. A screen that says it is gone makes room at once.
-- KEYS[1] hash: room to its speaker as JSON, and room with `|until` to the end of its time in ms of Redis time
-- ARGV[1] room; ARGV[2] speaker as JSON; ARGV[3] ms its time lasts; ARGV[4] keep or leave
-- Returns 1 when it is the speaker (or has left), 0 when another one is
-- @include redis-time
local nowMs = redisNowMs()
local kept = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[1] .. '|until')
local valid = kept[1] and tonumber(kept[2]) > nowMs
if valid and kept[1] ~= ARGV[2] then return 0 end
if ARGV[4] == 'leave' then
  if kept[1] == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1], ARGV[1] .. '|until') end
  return 1
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[1] .. '|until', string.format('%.0f', nowMs + tonumber(ARGV[3])))
return 1
