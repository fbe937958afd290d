-- Put a refusal on the record. A flood is written up to a limit a minute and counted beyond it; the count comes with the next
-- entry as `omittedCount`, so nothing vanishes and nobody can push the timeline out of its length.
-- KEYS[1] refusals of this caller, a hash; KEYS[2..4] timeline: seq, epoch, stream
-- ARGV[1] entries a minute; ARGV[2] entry body with "omittedCount":0 in it; ARGV[3] new timeline epoch
-- Returns the entry's seq as text, '0' when it was only counted
-- @include principal
-- @include append-timeline
local now = tonumber(nowMs())
local seen = redis.call('HMGET', KEYS[1], 'untilMs', 'writtenCount', 'omittedCount')
local written = tonumber(seen[2] or '0')
if now >= tonumber(seen[1] or '0') then
  redis.call('HSET', KEYS[1], 'untilMs', string.format('%.0f', now + 60000))
  written = 0
end
redis.call('PEXPIRE', KEYS[1], 86400000)
if written >= tonumber(ARGV[1]) then
  redis.call('HINCRBY', KEYS[1], 'omittedCount', 1)
  return '0'
end
redis.call('HSET', KEYS[1], 'writtenCount', string.format('%.0f', written + 1), 'omittedCount', '0')
local omitted = string.format('%.0f', tonumber(seen[3] or '0'))
return appendTimeline(2, (string.gsub(ARGV[2], '"omittedCount":0', '"omittedCount":' .. omitted, 1)), ARGV[3])
