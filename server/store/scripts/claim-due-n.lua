-- Claim items that are due: each is re-scored to now + claim time, so that it becomes due again by itself when its claimer
-- dies or freezes, and gets a fencing version that rises for ever.
-- KEYS[1] due:fence; KEYS[2] due:items; KEYS[3] due:claims; KEYS[4] and on: one queue a kind
-- ARGV[1] claim time in ms; ARGV[2] most items to claim; ARGV[3] and on: the kinds, in the order of the queues
-- Returns { Redis time in ms, then for each item: kind, id, version, due time in ms, payload }, all as text
-- @include redis-time
local nowMs = redisNowMs()
local left = tonumber(ARGV[2])
local claimed = { string.format('%.0f', nowMs) }
for at = 4, #KEYS do
  local kind = ARGV[at - 1]
  local due = {}
  if left > 0 then due = redis.call('ZRANGEBYSCORE', KEYS[at], '-inf', nowMs, 'WITHSCORES', 'LIMIT', 0, left) end
  for i = 1, #due, 2 do
    local id = due[i]
    local version = string.format('%.0f', redis.call('INCR', KEYS[1]))
    redis.call('HSET', KEYS[3], kind .. '|' .. id, version)
    redis.call('ZADD', KEYS[at], nowMs + tonumber(ARGV[1]), id)
    local payload = redis.call('HGET', KEYS[2], kind .. '|' .. id) or ''
    for _, value in ipairs({ kind, id, version, string.format('%.0f', tonumber(due[i + 1])), payload }) do
      claimed[#claimed + 1] = value
    end
    left = left - 1
  end
end
return claimed
