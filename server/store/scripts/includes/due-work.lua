-- Due work inside the caller's atomic step, so that a change and what must follow from it cannot part. Needs redis-time.
-- at: index of the first of three neighbouring KEYS: due:items, due:claims, due:queue:<kind>
-- field: `<kind>|<id>`; id: what the queue holds. Scheduling again moves the item and voids every claim on it.
local function scheduleDue(at, field, id, dueAtMs, payload)
  redis.call('HSET', KEYS[at], field, payload)
  redis.call('HDEL', KEYS[at + 1], field)
  redis.call('ZADD', KEYS[at + 2], dueAtMs, id)
end
-- Returns 1 when the item was waiting, 0 when there was none.
local function cancelDue(at, field, id)
  redis.call('HDEL', KEYS[at], field)
  redis.call('HDEL', KEYS[at + 1], field)
  return redis.call('ZREM', KEYS[at + 2], id)
end
