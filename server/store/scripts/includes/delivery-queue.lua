-- Messages on their way to receivers. Messages of one order key reach a receiver one after the other: only the first of them is
-- in the queue, the others stand behind it. at: index of five neighbouring KEYS: deliver:items, next, tails, claims, tries
-- field: `<receiver>|<message id>`; value: `<alert that must be open>\n<order field>\n<JSON>`; queue: scored by when it is due;
-- age: scored by when it came
local function pushDelivery(at, queueKey, ageKey, field, order, value, nowMs)
  local last = redis.call('HGET', KEYS[at + 2], order)
  local behind = last and redis.call('HEXISTS', KEYS[at], last) == 1
  redis.call('HSET', KEYS[at], field, value)
  redis.call('HSET', KEYS[at + 2], order, field)
  redis.call('ZADD', ageKey, nowMs, field)
  if behind then redis.call('HSET', KEYS[at + 1], last, field) else redis.call('ZADD', queueKey, nowMs, field) end
end
local function endDelivery(at, queueKey, ageKey, doneKey, field, order, nowMs)
  for _, offset in ipairs({ 0, 3, 4 }) do redis.call('HDEL', KEYS[at + offset], field) end
  redis.call('ZREM', queueKey, field)
  redis.call('ZREM', ageKey, field)
  redis.call('ZADD', doneKey, nowMs, field)
  local follower = redis.call('HGET', KEYS[at + 1], field)
  redis.call('HDEL', KEYS[at + 1], field)
  if follower then redis.call('ZADD', queueKey, nowMs, follower)
  elseif redis.call('HGET', KEYS[at + 2], order) == field then redis.call('HDEL', KEYS[at + 2], order) end
end
