-- Put messages on their receivers' queues, each once: one that is known, waiting or ended, is left as it is.
-- KEYS[1..5] deliver: items, next, tails, claims, tries; KEYS[6] done; KEYS[7] told: `<alert>|<receiver>` to what it was told last;
-- then for each message two: queue and age of its receiver
-- ARGV[1] most messages that wait for a receiver; ARGV[2] ms an ended one is remembered; then for each message 6: field, order
-- field, value, field of told or empty, what it is told then, `told` when it is only for who was told something else before
-- Returns for each message 1 queued, 0 known, -1 too many wait, -2 the receiver was not told of it
-- @include redis-time
-- @include delivery-queue
local nowMs = redisNowMs()
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', nowMs - tonumber(ARGV[2]))
local reply = {}
local function take(queueKey, ageKey, at)
  local field, order, value, toldField, telling, demand = unpack(ARGV, at, at + 5)
  local told = toldField ~= '' and redis.call('HGET', KEYS[7], toldField)
  if demand == 'told' and (not told or told == telling) then return -2 end
  if redis.call('HEXISTS', KEYS[1], field) == 1 or redis.call('ZSCORE', KEYS[6], field) then return 0 end
  if redis.call('ZCARD', ageKey) >= tonumber(ARGV[1]) then return -1 end
  pushDelivery(1, queueKey, ageKey, field, order, value, nowMs)
  if toldField ~= '' then
    if telling == 'resolved' then redis.call('HDEL', KEYS[7], toldField) else redis.call('HSET', KEYS[7], toldField, telling) end
  end
  return 1
end
for index = 0, (#KEYS - 7) / 2 - 1 do
  reply[index + 1] = take(KEYS[8 + index * 2], KEYS[9 + index * 2], 3 + index * 6)
end
return reply
